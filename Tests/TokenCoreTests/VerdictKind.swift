import TokenCore

/// A verdict without the values that it carries, except the number of generations.
enum VerdictKind: Equatable {
    case current, retry, unknown, otherClient, revoked, expired, reuse(Int), rollback

    init(_ verdict: Verdict) {
        self =
            switch verdict {
            case .current: .current
            case .retry: .retry
            case .refused(.unknown): .unknown
            case .refused(.otherClient): .otherClient
            case .refused(.revoked): .revoked
            case .refused(.expired): .expired
            case .refused(.reuse(let generations, _)): .reuse(generations)
            case .refused(.rollback): .rollback
            }
    }
}
