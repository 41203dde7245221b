/// Why a command could not do what it was asked to do, as a message for the operator.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    /// - Parameter description: may contain names as they were given; they are escaped.
    init(_ description: String) { self.description = TerminalText.escaped(description) }
}
