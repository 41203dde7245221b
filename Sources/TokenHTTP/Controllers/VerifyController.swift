import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore

/// `/v1/verify`: for a proxy that asks about each request (nginx `auth_request`, forward-auth, ext_authz). Looks the
/// session up, so that a logout takes effect at once. The method, the body and the path below `/v1/verify` are those of
/// the request that the proxy asks about, and mean nothing here.
struct VerifyController: Controller {
    let authenticator: SessionAuthenticator

    func addRoutes(to routes: inout RouteTable) { routes.onEverything(under: "/v1/verify", verify) }

    private func verify(_ exchange: Exchange) async throws -> Response {
        do {
            return try await answer(exchange)
        } catch let failure as AuthenticationFailure where failure.isAmbiguous {
            // A proxy takes 400 for an error of its own.
            throw Problem(.invalidToken, Problem(failure).detail)
        }
    }

    private func answer(_ exchange: Exchange) async throws -> Response {
        if let presented = try exchange.request.accessCredential() {
            // The proof is for the request that the proxy asks about.
            let token = try await authenticator.usable(presented, exchange, for: ProofTarget.init(forwarded:))
            let holder = try await authenticator.holder(of: token)
            return verified(
                holder.subject, holder.session, client: token.claims.client, scope: token.claims.scope)
        }
        guard let cookies = try authenticator.cookies(of: exchange) else {
            throw AuthenticationFailure.missingCredential
        }
        let session = try await authenticator.accessedSession(of: cookies)
        if isCheckWanted(exchange), !isSafe(exchange) {
            try authenticator.gate.checkOrigin(of: exchange.request)
            guard authenticator.gate.accepts(exchange.request.headers[.csrfToken], for: session.id) else {
                throw AuthenticationFailure.invalidCSRFToken
            }
        }
        return verified(session.subject.id, session, client: session.record.client, scope: session.record.scope)
    }

    /// Whether the proxy asks for the check of forged requests. A proxy may add the query of the request that it asks
    /// about, which neither turns the check off nor has to be a valid form.
    private func isCheckWanted(_ exchange: Exchange) -> Bool {
        (exchange.request.query ?? "").utf8.split(separator: UInt8(ascii: "&"))
            .contains { $0.elementsEqual("csrf=1".utf8) }
    }

    /// Whether the method that the proxy asks about is safe. A second `X-Forwarded-Method` may be the caller's.
    private func isSafe(_ exchange: Exchange) -> Bool {
        let forwarded = exchange.isFromTrustedProxy ? exchange.request.headers[values: .xForwardedMethod] : []
        guard forwarded.count <= 1 else { return false }
        guard let method = forwarded.first else { return exchange.request.method.isSafe }
        return HTTPRequest.Method(method)?.isSafe ?? false
    }

    /// All headers, always: a proxy that copies them then never passes on a caller's own header of the same name.
    private func verified(_ subject: SubjectID, _ session: Session?, client: ClientID, scope: Scope) -> Response {
        Response(
            status: .ok,
            headers: [
                .cacheControl: "no-store", .xAuthSubject: subject.value, .xAuthSession: session?.id.description ?? "",
                .xAuthClient: client.value, .xAuthScope: scope.description,
                .xAuthClaims: session?.claims.map { Base64URL.encode($0.json) } ?? "",
            ])
    }
}
