import HTTPTypes
public import Hummingbird
public import TokenVerifier

/// Lets only requests with a valid access token pass, and puts the token into the context.
public struct BearerMiddleware<Context: AccessTokenRequestContext>: RouterMiddleware {
    private let verifier: AccessTokenVerifier

    public init(verifier: AccessTokenVerifier) { self.verifier = verifier }

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

    /// The header only; a token in the query is ignored (RFC 9700 §2.6).
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
