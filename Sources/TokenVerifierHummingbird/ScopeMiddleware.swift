public import Hummingbird
import TokenVerifier

/// Passes on requests whose token has all of the given scopes. Must follow ``BearerMiddleware``.
public struct ScopeMiddleware<Context: AccessTokenRequestContext>: RouterMiddleware {
    private let scopes: [String]

    /// - Parameter scopes: the scopes that a token must have.
    public init(_ scopes: String...) { self.scopes = scopes }

    /// Checks the scopes of the verified token.
    ///
    /// - Throws: ``BearerChallenge/insufficientScope(_:)``, for a bound token ``ProofChallenge/insufficientScope(_:)``,
    ///   if one is missing.
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let token = try context.identity
        guard token.scope.isSuperset(of: scopes) else {
            if token.keyThumbprint != nil { throw ProofChallenge.insufficientScope(scopes) }
            throw BearerChallenge.insufficientScope(scopes)
        }
        return try await next(request, context)
    }
}
