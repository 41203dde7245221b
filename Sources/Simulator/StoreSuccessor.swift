import TokenCore

/// The second half of a rotation that was split into two transactions; see ``ConsumeOnly``.
struct StoreSuccessor: Command {
    let session: Session

    func apply(to transaction: inout Transaction) throws {
        _ = try transaction.session(session.id)
        transaction.save(session.token, of: session.id)
    }
}
