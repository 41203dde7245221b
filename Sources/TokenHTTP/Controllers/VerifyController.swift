import HTTPTypes
import Hummingbird
import SessionEngine
import TokenCore

/// `GET /v1/verify`: for a proxy that asks about each request (nginx `auth_request`, forward-auth). Looks the session
/// up, so that a logout takes effect at once.
struct VerifyController: Controller {
    let authenticator: SessionAuthenticator

    func addRoutes(to routes: inout RouteTable) { routes.on(.get, "/v1/verify", verify) }

    private func verify(_ exchange: Exchange) async throws -> Response {
        do {
            return try await answer(exchange)
        } catch let failure as AuthenticationFailure where failure.isAmbiguous {
            // A proxy takes 400 for an error of its own.
            throw Problem(.invalidToken, Problem(failure).detail)
        }
    }

    private func answer(_ exchange: Exchange) async throws -> Response {
        switch try await authenticator.credential(of: exchange) {
        case .accessToken(let token)?:
            let claims = try await authenticator.claims(of: token)
            let holder = try await authenticator.holder(of: claims)
            return verified(holder.subject, session: claims.session, client: claims.client, scope: claims.scope)
        case .cookies(let cookies)?:
            let session = try await authenticator.accessedSession(of: cookies).record
            return verified(session.subject, session: session.id, client: session.client, scope: session.scope)
        case .refreshToken?, nil: throw AuthenticationFailure.missingCredential
        }
    }

    private func verified(_ subject: SubjectID, session: SessionID?, client: ClientID, scope: Scope) -> Response {
        var headers: HTTPFields = [
            .cacheControl: "no-store", .xAuthSubject: subject.value, .xAuthClient: client.value,
            .xAuthScope: scope.description,
        ]
        if let session { headers[.xAuthSession] = session.description }
        return Response(status: .ok, headers: headers)
    }
}
