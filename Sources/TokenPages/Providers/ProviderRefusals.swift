import Federation
import HTTPTypes
import Hummingbird
import TokenCore
import TokenHTTP

/// What a person sees, and what a program gets, when a sign-in with a provider is refused. The cause is in the log and
/// in the audit trail only.
struct ProviderRefusals: Sendable {
    let renderer: PageRenderer

    private struct Content {
        let status: Int
        let title: String
        let detail: String
        let requestID: String
        let id: String
        let name: String
        let isSignedIn: Bool
    }

    /// - Parameter isSignedIn: whether the browser has a live session.
    func response(
        to refusal: FederationRefusal, at provider: Provider, of exchange: Exchange, isSignedIn: Bool = false
    ) -> Response {
        let back = isSignedIn ? "/account" : "/login"
        switch refusal.answer {
        case .cancelled: return .seeOther(FlashMessage.cancelled.at(back))
        case .authenticateAgain: return .seeOther(FlashMessage.confirm.at(back))
        default: return answer(problem(refusal.answer, provider.name), at: provider, of: exchange, isSignedIn)
        }
    }

    func throttled(_ seconds: Int, at provider: Provider, of exchange: Exchange) -> Response {
        answer(.tooManyAttempts(retryAfterSeconds: seconds), at: provider, of: exchange)
    }

    /// The same answer for every refusal of one kind.
    private func problem(_ answer: FederationRefusal.Answer, _ name: String) -> Problem {
        switch answer {
        case .notFound: return .unknownPath
        case .unavailable:
            return .providerUnavailable("\(name) cannot be reached. Try again, or sign in with your password.")
        case .refused: return Problem(.providerRefused, "\(name) refused the request.")
        case .unverifiable: return Problem(.providerRefused, "The answer from \(name) could not be verified.")
        case .notAllowed: return Problem(.notAllowed, "This account may not sign in here.")
        case .linkedElsewhere: return Problem(.conflict, "This \(name) account belongs to another user.")
        case .attemptOver, .cancelled, .authenticateAgain:
            return Problem(
                .invalidRequest,
                "This sign-in was used already, or took too long. If that happens again, allow cookies for this site.")
        }
    }

    private func answer(
        _ problem: Problem, at provider: Provider, of exchange: Exchange, _ isSignedIn: Bool = false
    ) -> Response {
        if exchange.wantsDocument { return problem.response }
        let content = Content(
            status: problem.status.code, title: isSignedIn ? "Nothing was changed" : "You are not signed in",
            detail: problem.detail,
            requestID: exchange.requestID, id: provider.id.description, name: provider.name,
            isSignedIn: isSignedIn)
        var response = renderer.page(
            .provider, status: problem.status, PageFrame(title: problem.title, content: content))
        for field in problem.headers { response.headers.append(field) }
        return response
    }
}
