/// Why a refresh token or a session is not accepted. Only ``reuse(generationsBehind:seconds:byOwnKey:)``
/// and ``rollback(generationsAhead:)`` end the session.
package enum Refusal: Sendable, Equatable {
    /// Row 2: no such session. It never was, or it was collected after it had expired.
    case unknown
    /// Row 3: presented by another client than the session's, or by a confidential client that did not authenticate.
    case otherClient
    /// Row 3a: the session is bound to a key, which the caller did not prove to hold.
    case proof(ProofFault)
    /// Row 3a: the client takes bound sessions only, and this one was opened unbound.
    case unbound
    /// Row 4: the session was ended, by itself or with all sessions of its subject or of its client.
    case revoked
    /// Row 5: the idle or the absolute lifetime is over.
    case expired
    /// Row 8: an earlier generation, `generationsBehind` the current one, `seconds` after the current one was made.
    /// With `byOwnKey` the caller proved to hold the session's own key.
    case reuse(generationsBehind: Int, seconds: Double, byOwnKey: Bool = false)
    /// Row 9: a generation that this database has not reached, or another token of its current one (0). It was restored
    /// from a backup.
    case rollback(generationsAhead: Int)
}
