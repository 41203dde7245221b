import TokenCore

/// A verdict without the values that it carries, except the number of generations.
enum VerdictKind: Equatable {
    case current, retry, lateRetry, unknown, otherClient, proof(ProofFault), unbound, revoked, expired, reuse(Int),
        rollback

    init(_ verdict: Verdict) {
        self =
            switch verdict {
            case .current: .current
            case .retry(_, _, isLate: false): .retry
            case .retry: .lateRetry
            case .refused(.unknown): .unknown
            case .refused(.otherClient): .otherClient
            case .refused(.proof(let fault)): .proof(fault)
            case .refused(.unbound): .unbound
            case .refused(.revoked): .revoked
            case .refused(.expired): .expired
            case .refused(.reuse(let generations, _, _)): .reuse(generations)
            case .refused(.rollback): .rollback
            }
    }
}
