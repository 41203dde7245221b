/// Every mistake in the configuration, each with its path.
struct ConfigurationMistakes: Error, CustomStringConvertible {
    let mistakes: [String]

    var description: String {
        (["The configuration cannot be used:"] + mistakes.map { "  \($0)" }).joined(separator: "\n")
    }
}
