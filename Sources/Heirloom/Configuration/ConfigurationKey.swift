import StrictCoding

/// One key of the configuration, with the type of its value.
struct ConfigurationKey<Value: Sendable & Equatable>: ConfigurationKeyProtocol {
    let path: String
    let defaultValue: Value
    let meaning: String
    private let format: ConfigurationFormat<Value>

    /// - Parameter meaning: what a value means, in sentences for `docs/configuration.md`. It is Markdown, with links
    ///   that begin at `docs`.
    init(_ path: String, _ format: ConfigurationFormat<Value>, default defaultValue: Value, meaning: String) {
        self.path = path
        self.format = format
        self.defaultValue = defaultValue
        self.meaning = meaning
    }

    var type: String { format.type }
    var range: String? { format.range }
    var expectation: String { format.expectation }
    var isSecret: Bool { format.isSecret }
    var textForm: String? { format.textForm }
    var defaultJSON: JSON { format.encode(defaultValue) }

    func decode(_ json: JSON) -> Value? { format.decode(json) }
    func decode(text: String) -> Value? { format.decode(format.json(text)) }
}
