import ArgumentParser

/// Finds a mistyped subcommand. The parser would complain about the options behind it, which the command that was meant
/// has.
enum SubcommandCheck {
    /// - Throws: `ValidationError` when an argument should name a subcommand and names none.
    static func check(_ arguments: [String], of root: any ParsableCommand.Type) throws {
        var command = root
        for argument in arguments {
            let subcommands = command.configuration.subcommands
            guard !subcommands.isEmpty, !argument.utf8.starts(with: "-".utf8) else { return }
            guard let next = subcommands.first(where: { $0._commandName == argument }) else {
                if command == root, argument == "help" { return }
                let names = subcommands.map { $0._commandName }
                let hint = SpellingHint.text(for: argument, among: names)
                throw ValidationError(
                    "Unknown command \"\(TerminalText.escaped(argument))\"\(hint.isEmpty ? "." : hint) Commands: "
                        + names.joined(separator: ", ") + ".")
            }
            command = next
        }
    }
}
