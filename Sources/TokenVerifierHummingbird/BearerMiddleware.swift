import HTTPTypes
public import Hummingbird
public import TokenVerifier

/// Passes on requests with a valid access token, and puts the token into the context.
public struct BearerMiddleware<Context: AccessTokenRequestContext>: RouterMiddleware {
    private let verifier: AccessTokenVerifier

    /// - Parameter verifier: the verifier, which must be running (``VerifierService``).
    public init(verifier: AccessTokenVerifier) { self.verifier = verifier }

    /// Verifies the token in `Authorization`. A token in the query is ignored (RFC 9700 §2.6).
    ///
    /// - Throws: ``BearerChallenge`` if the request has no valid token.
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        do {
            context.accessToken = try await verifier.verify(
                try BearerCredential(request.headers[values: .authorization]).token)
        } catch let refusal as TokenRefusal {
            switch refusal {
            case .keysUnavailable: throw BearerChallenge.unavailable
            case .expired, .outdated: throw BearerChallenge.expiredToken
            default: throw BearerChallenge.invalidToken
            }
        }
        return try await next(request, context)
    }
}
