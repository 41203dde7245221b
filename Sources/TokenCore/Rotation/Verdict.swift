/// What the rotation rule says of a presented refresh token. A verdict changes nothing.
package enum Verdict: Sendable {
    /// Row 6: it is the current token. ``RotationRule/rotate(_:replacing:nonce:now:)`` makes its successor.
    case current
    /// Row 7: a retry. The identical successor, and the token's row with the retry counted. It is late when the retry
    /// window is over, which a session that is bound to a key permits.
    case retry(RefreshToken, RefreshTokenRecord, isLate: Bool)
    case refused(Refusal)
}
