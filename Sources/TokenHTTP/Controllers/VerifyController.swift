import HTTPTypes
import Hummingbird
import TokenCore

/// `GET /v1/verify`: for a proxy that asks about each request (nginx `auth_request`, forward-auth). Looks the session up,
/// so it never lags behind a logout.
struct VerifyController: Sendable {
    let credentials: Credentials

    func verify(_ exchange: Exchange) async throws -> Response {
        guard case .accessToken(let token)? = try credentials.presented(in: exchange) else {
            throw Problem.missingCredential
        }
        let grant = try await credentials.grant(of: token)
        let bearer = try await credentials.bearer(of: grant)
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers[.xAuthSubject] = bearer.subject.value
        headers[.xAuthSession] = grant.session?.description
        headers[.xAuthClient] = grant.client.value
        headers[.xAuthScope] = grant.scope.description
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
