/// A family's row of `refresh_tokens`: its current token as a hash, and the nonce that made it from its parent. All
/// that a rotation writes.
///
/// The parent needs no hash of its own: a token is the parent of the current one exactly when the successor derived
/// from it with `nonce` has the hash `hash`.
package struct RefreshTokenRecord: Sendable, Equatable {
    package var generation: Generation
    package var hash: TokenHash
    /// What the current token was derived with; nil for generation 0, which has no parent.
    package var nonce: RotationNonce?
    /// When the current token was made: the first use of its parent, or the login.
    package var rotatedAt: Timestamp
    /// How often the parent was presented again since.
    package var retries: Int
    /// When the session's last `refresh_retry` or `late_retry` was recorded in the audit trail.
    package var retryRecordedAt: Timestamp?
    /// When the session's last `client_mismatch` was recorded in the audit trail.
    package var mismatchRecordedAt: Timestamp?
    /// When the session's last `key_mismatch` was recorded in the audit trail.
    package var keyMismatchRecordedAt: Timestamp?

    package init(
        generation: Generation, hash: TokenHash, nonce: RotationNonce?, rotatedAt: Timestamp, retries: Int = 0,
        retryRecordedAt: Timestamp? = nil, mismatchRecordedAt: Timestamp? = nil, keyMismatchRecordedAt: Timestamp? = nil
    ) {
        self.generation = generation
        self.hash = hash
        self.nonce = nonce
        self.rotatedAt = rotatedAt
        self.retries = retries
        self.retryRecordedAt = retryRecordedAt
        self.mismatchRecordedAt = mismatchRecordedAt
        self.keyMismatchRecordedAt = keyMismatchRecordedAt
    }
}
