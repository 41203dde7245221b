/// What the rotation rule says of a presented refresh token.
package enum Verdict: Sendable {
    /// Row 6: it was current. `record` is the family's new row.
    case rotated(RefreshToken, RefreshTokenRecord)
    /// Row 7: a retry. The identical successor; `record` counts the retry.
    case retried(RefreshToken, RefreshTokenRecord)
    case refused(Refusal)
}

/// Why a refresh token or a session was not accepted. Only `reuse` and `rollback` change anything.
package enum Refusal: Sendable, Equatable {
    /// Row 2: no such session; it never was, or was collected after its expiry.
    case unknown
    /// Row 3: presented by another client than the session's, or without the proof that a confidential one owes.
    case otherClient
    /// Row 4: the session was ended, by itself or with all of its subject's or its client's.
    case revoked
    /// Row 5: the idle or the absolute lifetime is over.
    case expired
    /// Row 8: an ancestor, `generationsBehind` the current token, `seconds` after the current one was made.
    case reuse(generationsBehind: Int, seconds: Double)
    /// Row 9: a token that this database has not made; it was restored from a backup.
    case rollback
}
