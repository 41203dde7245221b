import HTTPTypes
public import Hummingbird
public import TokenVerifier

/// Passes on requests with a valid access token, and puts the token into the context.
public struct BearerMiddleware<Context: AccessTokenRequestContext>: RouterMiddleware {
    private let verifier: AccessTokenVerifier

    /// - Parameter verifier: the verifier, which must be running (``VerifierService``).
    public init(verifier: AccessTokenVerifier) { self.verifier = verifier }

    /// Verifies the token of a request.
    ///
    /// - Throws: ``BearerChallenge`` if the request has no valid token.
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        do {
            context.accessToken = try await verifier.verify(try token(of: request))
        } catch let refusal as TokenRefusal {
            throw refusal == .keysUnavailable ? BearerChallenge.unavailable : .invalidToken
        }
        return try await next(request, context)
    }

    /// Returns the token in `Authorization`. A token in the query is ignored (RFC 9700 §2.6).
    private func token(of request: Request) throws -> String {
        let values = request.headers[values: .authorization]
        guard let value = values.first else { throw BearerChallenge.missing }
        guard values.count == 1 else { throw BearerChallenge.invalidRequest }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.first?.lowercased() == "bearer" else { throw BearerChallenge.missing }
        guard parts.count == 2 else { throw BearerChallenge.invalidToken }
        return String(parts[1])
    }
}
