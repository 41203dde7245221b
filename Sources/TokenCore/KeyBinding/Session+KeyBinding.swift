package import StrictCoding

extension Session {
    /// The key that the session's refresh token is bound to; nil for none. A confidential client's is bound to the
    /// client's authentication instead (RFC 9449 §5).
    package var boundKey: KeyThumbprint? { client?.isConfidential == true ? nil : record.keyThumbprint }

    /// Whether no token of the session is handed out without a proof.
    var demandsProof: Bool { boundKey != nil || client?.requiresProof == true }

    /// Whether a proof is of the key that the session is bound to.
    func isBound(to proof: PresentedProof) -> Bool { boundKey != nil && boundKey == proof.proof?.key }

    /// Whether the session is of a public client that takes bound sessions only, and was opened unbound before the
    /// client did so.
    var lacksBinding: Bool { client.map { $0.requiresProof && !$0.isConfidential } ?? false && boundKey == nil }
}
