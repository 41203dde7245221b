import Accounts
import NIOCore
import TokenCore

extension Problem {
    /// What a refused refresh token or session is called.
    init(_ refusal: Refusal) {
        self =
            switch refusal {
            case .unknown, .otherClient: Problem(.invalidToken, "The token names no session of this client.")
            case .revoked: Problem(.sessionRevoked, "The session was ended. Log in again.")
            case .expired: Problem(.expiredToken, "The session's lifetime is over. Log in again.")
            case .reuse:
                Problem(
                    .reuseDetected,
                    "This refresh token was used before. It may have been stolen, so the whole session was ended. "
                        + "Log in again.")
            case .rollback: Problem(.sessionRevoked, "The session does not fit the server's records. Log in again.")
            }
    }

    /// What any error means on the wire; nil when it is one that nobody foresaw.
    init?(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let unavailable as Unavailable: self = .unavailable("Nothing was consumed: \(unavailable.reason).")
        case is PasswordHasher.Busy: self = .unavailable("Too many logins at once. Nothing was consumed.")
        case is NIOTooManyBytesError:
            self = Problem(.payloadTooLarge, "The body is larger than this service accepts.")
        default: return nil
        }
    }
}

extension Unavailable {
    /// For callers; what exactly failed is for the log.
    fileprivate var reason: String {
        switch self {
        case .overloaded: "too many requests wait"
        case .stalled, .store: "the store does not answer"
        case .shuttingDown: "the service is shutting down"
        }
    }
}
