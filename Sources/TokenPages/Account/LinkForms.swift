import Accounts
import Federation
import HTTPTypes
import SessionEngine
import TokenCore
import TokenHTTP

/// `POST /account/link/{provider}` and `POST /account/unlink`: a person adds or removes a way to sign in, shortly after
/// an authentication.
struct LinkForms: Controller {
    let federation: FederationService
    let identities: IdentityService
    let clock: Clock
    let forms: OwnerForm
    let start: AttemptStart
    let targets: ReturnTargets

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.post, "/account/link/*", link)
        routes.on(.post, "/account/unlink", unlink)
    }

    private func link(_ exchange: Exchange) async throws -> Response {
        guard let provider = try? federation.provider(exchange.pathParameter) else { throw Problem.unknownPath }
        return try await forms.perform(exchange) { own, form in
            guard own.record.isFreshlyAuthenticated(at: clock()) else {
                return .seeOther(FlashMessage.confirm.at("/account"))
            }
            return try await start.response(
                provider, purpose: .link(own.id), returnTo: targets.allowed(form["return"]), of: exchange)
        }
    }

    private func unlink(_ exchange: Exchange) async throws -> Response {
        try await forms.perform(exchange) { own, form in
            guard let identity = IdentityID(text: (form["identity"] ?? "").utf8) else { throw unknown }
            let outcome = try await identities.unlink(identity, by: .owner(own.id), address: exchange.address.text)
            switch outcome {
            case .unlinked: return .seeOther(FlashMessage.unlinked.at("/account"))
            case .notFresh: return .seeOther(FlashMessage.confirm.at("/account"))
            case .lastWay:
                throw Problem(.conflict, "This is the only way in which you can sign in, so it was not removed.")
            case .notFound: throw unknown
            case .refused(let refusal): throw AuthenticationFailure.refused(refusal)
            }
        }
    }

    private var unknown: Problem { Problem(.notFound, "You do not sign in that way.") }
}
