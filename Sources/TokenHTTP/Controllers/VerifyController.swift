import HTTPTypes
import Hummingbird
import TokenCore

/// `GET /v1/verify`: for a proxy that asks about each request (nginx `auth_request`, forward-auth). Looks the session up,
/// so it never lags behind a logout.
struct VerifyController: Sendable {
    let credentials: SessionAuthenticator

    /// A proxy knows 200 and 401, and takes a 400 for a fault of its own.
    func verify(_ exchange: Exchange) async throws -> Response {
        do {
            return try await answer(exchange)
        } catch let problem as Problem where problem.code == .invalidRequest {
            throw Problem(.invalidToken, problem.detail)
        }
    }

    private func answer(_ exchange: Exchange) async throws -> Response {
        switch try await credentials.presented(in: exchange) {
        case .accessToken(let token)?:
            let grant = try await credentials.grant(of: token)
            let bearer = try await credentials.bearer(of: grant)
            return verified(bearer.subject, session: grant.session, client: grant.client, scope: grant.scope)
        case .cookies(let cookies)?:
            let session = try await credentials.liveSession(of: cookies).session
            return verified(session.subject, session: session.id, client: session.client, scope: session.scope)
        case .refreshToken?, nil: throw Problem.missingCredential
        }
    }

    private func verified(_ subject: SubjectID, session: SessionID?, client: ClientID, scope: Scope) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers.append(HTTPField(name: .xAuthSubject, value: subject.value))
        if let session { headers.append(HTTPField(name: .xAuthSession, value: session.description)) }
        headers.append(HTTPField(name: .xAuthClient, value: client.value))
        headers.append(HTTPField(name: .xAuthScope, value: scope.description))
        return Response(status: .ok, headers: headers)
    }
}

extension HTTPField.Name {
    // Constant names that are known to be valid.
    fileprivate static let xAuthSubject = HTTPField.Name("X-Auth-Subject")!
    fileprivate static let xAuthSession = HTTPField.Name("X-Auth-Session")!
    fileprivate static let xAuthClient = HTTPField.Name("X-Auth-Client")!
    fileprivate static let xAuthScope = HTTPField.Name("X-Auth-Scope")!
}
