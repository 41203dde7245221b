import Federation
import HTTPTypes
import StrictCoding

/// `POST /login/{provider}/events`: a provider pushes a security event token (RFC 8935).
struct ProviderEventController: Controller {
    let federation: FederationService

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/login/*/events", receive) }

    private func receive(_ exchange: Exchange) async throws -> Response {
        do {
            _ = try federation.provider(exchange.pathParameter)
            guard exchange.hasMediaType("application/secevent+jwt"), let body = try? await exchange.body(),
                let token = String(validating: body, as: UTF8.self)
            else { throw FederationRefusal.tokenMalformed }
            try await federation.receiveEvent(at: exchange.pathParameter, token: token)
            return Response(status: .accepted, headers: [.cacheControl: "no-store"])
        } catch let refusal as FederationRefusal {
            switch refusal.answer {
            case .notFound: throw Problem.unknownPath
            case .unavailable: throw Problem.unavailable("The provider's keys cannot be fetched now.")
            default: return ProviderEventController.refused(refusal)
            }
        }
    }

    /// An error (RFC 8935 §2.3). The description says no more than the code.
    private static func refused(_ refusal: FederationRefusal) -> Response {
        var response = Response.json(.badRequest) { json in
            json.member("err", refusal.eventErrorCode)
            json.member("description", "The security event token was not accepted.")
        }
        response.headers[.contentLanguage] = "en"
        return response
    }
}
