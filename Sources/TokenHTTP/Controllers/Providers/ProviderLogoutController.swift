import Federation
import HTTPTypes
import StrictCoding

/// `POST /login/{provider}/backchannel-logout`: a provider ends sessions (OpenID Connect Back-Channel Logout 1.0 §2.5).
/// The signed token is the proof; there are no cookies.
struct ProviderLogoutController: Controller {
    let federation: FederationService

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/login/*/backchannel-logout", logout) }

    private func logout(_ exchange: Exchange) async throws -> Response {
        do {
            _ = try federation.provider(exchange.pathParameter)
            try await federation.backchannelLogout(at: exchange.pathParameter, token: try await token(exchange))
            return Response(status: .ok, headers: [.cacheControl: "no-store"])
        } catch let refusal as FederationRefusal {
            switch refusal.answer {
            case .notFound: throw Problem.unknownPath
            case .unavailable: throw Problem.unavailable("The provider's keys cannot be fetched now.")
            default: return ProviderLogoutController.invalid
            }
        }
    }

    /// The one parameter of the form.
    private func token(_ exchange: Exchange) async throws -> String {
        guard let form = try? await exchange.form(), form.hasOnly(["logout_token"]), let token = form["logout_token"]
        else { throw FederationRefusal.tokenMalformed }
        return token
    }

    /// The same for every token that is refused (§2.8).
    private static var invalid: Response { .json(.badRequest) { $0.member("error", "invalid_request") } }
}
