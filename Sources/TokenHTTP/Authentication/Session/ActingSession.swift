import TokenCore

/// The live session that a request acts as, and the credential that shows it, with which a command judges it again.
struct ActingSession: Sendable {
    let session: Session
    let credential: SessionCredential
}
