import TokenCore

/// An answer of the service, in the names of the simulation.
enum Reply: Equatable, Sendable {
    case token(TokenName)
    /// A token that the reference model does not expect.
    case unexpectedToken
    case refused(RefusalReason)
    /// A refused login.
    case notOpened
    case ended
    case notFound
    case endedAll(Int)
    case changed
    case stale
    case done
    /// No answer: the request may have had its effect or not.
    case unavailable

    enum RefusalReason: String, Sendable {
        case malformed, unknown, otherClient, proof, revoked, expired, reuse, rollback

        init(_ refusal: Refusal) {
            switch refusal {
            case .unknown: self = .unknown
            case .otherClient: self = .otherClient
            case .proof, .unbound: self = .proof
            case .revoked: self = .revoked
            case .expired: self = .expired
            case .reuse: self = .reuse
            case .rollback: self = .rollback
            }
        }
    }
}

extension Reply: CustomStringConvertible {
    var description: String {
        switch self {
        case .token(let name): "\(name)"
        case .unexpectedToken: "an unexpected token"
        case .refused(let reason): "refused: \(reason.rawValue)"
        case .notOpened: "refused"
        case .ended: "ended"
        case .notFound: "not found"
        case .endedAll(let count): "\(count) ended"
        case .changed: "changed"
        case .stale: "stale"
        case .done: "done"
        case .unavailable: "no answer"
        }
    }
}
