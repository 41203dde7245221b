import Accounts
import HTTPTypes
import NIOHTTP1
import TokenCore

extension Problem {
    /// The answer to any error; nil for an unexpected error.
    init?(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let failure as AuthenticationFailure: self.init(failure)
        case let unavailable as Unavailable: self = .unavailable("Nothing was changed: \(unavailable.summary).")
        case is CancellationError: self = .unavailable("The request was cancelled.")
        case is PasswordHasher.Busy: self = .unavailable("Nothing was changed: too many logins at once.")
        case let name as AmbiguousUsername: self.init(.conflict, "This is ambiguous: \(name).")
        default: return nil
        }
    }

    /// The answer to a request that is not HTTP.
    init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow:
            self.init(
                .invalidRequest,
                "The headers are over \(HTTPLimits.headerBytes) bytes or \(HTTPLimits.headerCount) in number.",
                status: .requestHeaderFieldsTooLarge)
        case .invalidVersion:
            self.init(
                .invalidRequest, "The version of the protocol is neither 1.1 nor 1.0.", status: .httpVersionNotSupported
            )
        default: self.init(.invalidRequest, "The request is not valid HTTP/1.1: \(error).")
        }
    }

    static var unknownPath: Problem { Problem(.notFound, "There is nothing at this path.") }

    package static var unknownClient: Problem {
        Problem(.invalidRequest, "\"client_id\" names no client of this service.")
    }

    static var excessiveScope: Problem {
        Problem(.invalidRequest, "\"scope\" asks for more than the client may ask for.")
    }

    static func methodNotAllowed(allowed: [String]) -> Problem {
        var problem = Problem(.methodNotAllowed, "This path accepts \(allowed.joined(separator: ", ")).")
        problem.headers[.allow] = allowed.joined(separator: ", ")
        return problem
    }

    package static func tooManyAttempts(retryAfterSeconds: Int) -> Problem {
        var problem = Problem(.tooManyAttempts, "Too many failed attempts. Try again in \(retryAfterSeconds) s.")
        problem.headers[.retryAfter] = String(retryAfterSeconds)
        return problem
    }

    static func unavailable(_ detail: String) -> Problem {
        var problem = Problem(.unavailable, detail)
        problem.headers[.retryAfter] = "1"
        return problem
    }
}
