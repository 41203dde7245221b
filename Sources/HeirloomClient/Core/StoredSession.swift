/// A session as it is stored: the tokens, the key, and how often the refresh token may have been presented.
struct StoredSession: Sendable, Equatable {
    let issuer: String
    let clientID: String
    let id: String
    let subject: String
    var scope: String
    var refreshToken: String
    var access: AccessCredential
    /// Nil in a session that is not bound.
    let key: ProofKey?
    /// How many presentations of ``refreshToken`` may have arrived whose answer was not received. It is stored before a
    /// presentation, so it covers those of processes that were killed.
    var presentations = 0
    /// When it was last presented, in Unix seconds of this device.
    var presentedAt = 0

    /// The session without its secrets.
    var summary: ClientSession { ClientSession(id: id, subject: subject, scope: scope, isBound: key != nil) }
}

extension StoredSession: CustomStringConvertible {
    var description: String { "session \(id)" }
}
