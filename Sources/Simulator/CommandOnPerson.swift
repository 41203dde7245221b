import TokenCore

/// A command on the subject that has an identity when the command is applied. A command before it in the transaction
/// may have created the subject.
struct CommandOnPerson<Inner: Command>: Command {
    let identity: IdentityID
    let make: @Sendable (SubjectID) -> Inner

    /// The id of no subject.
    static var nobody: SubjectID { SubjectID("nobody") }

    func prefetch(into keys: inout RowKeys) {
        keys.identities.insert(identity)
        make(Self.nobody).prefetch(into: &keys)
    }

    func apply(to transaction: inout Transaction) throws -> Inner.Outcome {
        let subject = try transaction.identity(identity)?.subject ?? Self.nobody
        return try make(subject).apply(to: &transaction)
    }
}
