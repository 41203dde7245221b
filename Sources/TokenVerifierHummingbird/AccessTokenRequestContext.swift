public import Hummingbird
public import TokenVerifier

/// A request context that holds the verified access token of a request. ``BearerMiddleware`` sets it.
public protocol AccessTokenRequestContext: RequestContext {
    /// The verified token; nil before ``BearerMiddleware`` has run.
    var accessToken: AccessToken? { get set }
}

extension AccessTokenRequestContext {
    /// The verified token.
    ///
    /// - Throws: ``BearerChallenge/missing``, a 401, if ``BearerMiddleware`` does not precede the route.
    public var identity: AccessToken {
        get throws {
            guard let accessToken else { throw BearerChallenge.missing }
            return accessToken
        }
    }
}
