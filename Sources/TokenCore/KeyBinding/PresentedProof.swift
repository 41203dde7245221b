/// The proof of possession in a request.
package enum PresentedProof: Sendable, Equatable {
    case absent
    case given(KeyProof)
    /// A proof that does not count, whatever its key.
    case faulty(ProofFault)
    /// None is asked for, because the refresh token is only shown to this service's own pages or looked at.
    case notAsked

    /// The proof if it counts.
    package var proof: KeyProof? {
        if case .given(let proof) = self { proof } else { nil }
    }

    /// Row 3a of the rotation rule: why a session's refresh token may not be used with this proof; nil if it may.
    func fault(for session: Session) -> ProofFault? {
        switch self {
        case .notAsked: nil
        case .absent: session.demandsProof ? .missing : nil
        case .faulty(let fault): fault
        case .given(let proof): session.boundKey.map { $0 == proof.key } ?? true ? nil : .otherKey
        }
    }
}
