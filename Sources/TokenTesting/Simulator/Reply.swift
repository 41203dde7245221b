import TokenCore

/// What the service answers, in the simulation's names.
enum Reply: Equatable, Sendable {
    case token(TokenName)
    /// A token that nobody expected.
    case strangeToken
    case refused(Ground)
    /// A login that came to nothing.
    case notOpened
    case ended
    case notFound
    case endedAll(Int)
    case changed
    case stale
    case done
    /// Nothing is known of what became of it.
    case unavailable

    enum Ground: String, Sendable {
        case malformed, unknown, otherClient, revoked, expired, reuse, rollback

        init(_ refusal: Refusal) {
            switch refusal {
            case .unknown: self = .unknown
            case .otherClient: self = .otherClient
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
        case .strangeToken: "a token that should not be"
        case .refused(let ground): "refused: \(ground.rawValue)"
        case .notOpened: "refused"
        case .ended: "ended"
        case .notFound: "nothing to end"
        case .endedAll(let count): "\(count) ended"
        case .changed: "changed"
        case .stale: "stale"
        case .done: "done"
        case .unavailable: "no answer"
        }
    }
}
