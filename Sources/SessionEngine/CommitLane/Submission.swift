import TokenCore

/// A command of any type whose caller waits.
protocol Submitted: Sendable {
    func prefetch(into keys: inout RowKeys)

    /// Applies the command.
    ///
    /// - Returns: what resumes the caller with the outcome.
    func apply(to transaction: inout Transaction) throws -> @Sendable () -> Void

    /// Resumes the caller with an error.
    func fail(_ error: any Error)
}

/// A command whose caller waits.
final class Submission<C: Command>: Submitted {
    private let command: C
    private let administrator: Administrator?
    private let caller: CheckedContinuation<C.Outcome, any Error>

    /// - Parameter administrator: for whom the caller submits it; nil for none.
    init(_ command: C, by administrator: Administrator?, _ caller: CheckedContinuation<C.Outcome, any Error>) {
        self.command = command
        self.administrator = administrator
        self.caller = caller
    }

    func prefetch(into keys: inout RowKeys) { command.prefetch(into: &keys) }

    func apply(to transaction: inout Transaction) throws -> @Sendable () -> Void {
        transaction.administrator = administrator
        let outcome = try command.apply(to: &transaction)
        return { [caller] in caller.resume(returning: outcome) }
    }

    func fail(_ error: any Error) { caller.resume(throwing: error) }
}
