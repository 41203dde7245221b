import HTTPTypes
import Hummingbird
import TokenCore
import TokenHTTP

/// Who opens a page.
enum PageVisitor: Sendable {
    case signedIn(Session)
    /// Unknown: the browser came from another site and withheld the refresh cookie.
    case fromOtherSite
    case signedOut

    /// Changes nothing.
    ///
    /// - Throws: ``TokenHTTP/AuthenticationFailure`` when a cookie appears more than once.
    init(of exchange: Exchange, _ authenticator: SessionAuthenticator) async throws {
        let cookies = try authenticator.cookies(of: exchange)
        if let cookies {
            do {
                self = .signedIn(try await authenticator.liveSession(of: cookies))
                return
            } catch is AuthenticationFailure {}
        }
        let site = exchange.request.headers[.secFetchSite]
        let isFromOtherSite = site == "cross-site" || site == "same-site"
        self = cookies?.refresh == nil && isFromOtherSite ? .fromOtherSite : .signedOut
    }
}
