import Federation
import HTTPTypes
import TokenCore
import TokenHTTP

/// What a person sees, and what a program gets, when a sign-in with a provider is refused. The cause is in the log and
/// in the audit trail only.
struct ProviderRefusals: Sendable {
    let languages: PageLanguages

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
        default:
            func detail(_ text: any Texts) -> String { ProviderRefusals.detail(refusal.answer, provider.name, text) }
            let problem = ProviderRefusals.problem(refusal.answer, detail(PageLanguages.english))
            return answer(problem, at: provider, of: exchange, isSignedIn: isSignedIn, detail)
        }
    }

    func throttled(_ seconds: Int, at provider: Provider, of exchange: Exchange) -> Response {
        answer(.tooManyAttempts(retryAfterSeconds: seconds), at: provider, of: exchange) {
            $0.tooManyAttempts(seconds: seconds)
        }
    }

    /// The same answer for every refusal of one kind.
    private static func problem(_ answer: FederationRefusal.Answer, _ detail: String) -> Problem {
        switch answer {
        case .notFound: .unknownPath
        case .unavailable: .providerUnavailable(detail)
        case .refused, .unverifiable: Problem(.providerRefused, detail)
        case .notAllowed: Problem(.notAllowed, detail)
        case .linkedElsewhere: Problem(.conflict, detail)
        case .attemptOver, .cancelled, .authenticateAgain: Problem(.invalidRequest, detail)
        }
    }

    private static func detail(_ answer: FederationRefusal.Answer, _ name: String, _ text: any Texts) -> String {
        switch answer {
        case .notFound: text.notFoundDetail
        case .unavailable: text.unreachable(name)
        case .refused: text.refused(by: name)
        case .unverifiable: text.unverifiable(answerOf: name)
        case .notAllowed: text.accountNotAllowed
        case .linkedElsewhere: text.linkedElsewhere(name)
        case .attemptOver, .cancelled, .authenticateAgain: text.attemptOver
        }
    }

    private func answer(
        _ problem: Problem, at provider: Provider, of exchange: Exchange, isSignedIn: Bool = false,
        _ detail: (any Texts) -> String
    ) -> Response {
        if exchange.wantsDocument { return problem.response }
        let renderer = languages.renderer(for: exchange)
        let text = renderer.text
        let content = Content(
            status: problem.status.code, title: isSignedIn ? text.nothingChanged : text.notSignedIn,
            detail: detail(text), requestID: exchange.requestID, id: provider.id.description, name: provider.name,
            isSignedIn: isSignedIn)
        var response = renderer.page(
            .provider, status: problem.status, PageFrame(title: content.title, content: content))
        response.headers.append(contentsOf: problem.headers)
        return response
    }
}
