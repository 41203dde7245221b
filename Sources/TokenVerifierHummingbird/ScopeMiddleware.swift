public import Hummingbird
import TokenVerifier

/// Lets only tokens pass that have every one of some scopes. Stands after ``BearerMiddleware``.
public struct ScopeMiddleware<Context: AccessTokenRequestContext>: RouterMiddleware {
    private let scopes: [String]

    public init(_ scopes: String...) { self.scopes = scopes }

    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard try context.identity.scope.isSuperset(of: scopes) else {
            throw BearerChallenge.insufficientScope(scopes)
        }
        return try await next(request, context)
    }
}
