public import Hummingbird
public import TokenVerifier

/// A request context that knows who is asking, once ``BearerMiddleware`` has verified it.
public protocol AccessTokenRequestContext: RequestContext {
    var accessToken: AccessToken? { get set }
}

extension AccessTokenRequestContext {
    /// Who is asking.
    ///
    /// - Throws: a 401 where no ``BearerMiddleware`` stands before the route.
    public var identity: AccessToken {
        get throws {
            guard let accessToken else { throw BearerChallenge.missing }
            return accessToken
        }
    }
}
