import HTTPTypes
import TokenCore
import TokenHTTP

/// Who opens a page.
enum PageVisitor: Sendable {
    /// - Parameter accessSeconds: how long the access cookie is still valid.
    case signedIn(Session, accessSeconds: Int)
    /// The cookies are of a session that is not live.
    case sessionEnded
    /// Unknown: the browser came from another site and withheld the refresh cookie.
    case fromOtherSite
    /// Unknown: the browser sent no cookies, and does not say which site it came from.
    case fromUnknownSite
    case signedOut

    /// A field of the query that says that the navigation comes from this site.
    static let stepField = "step"

    /// Changes nothing.
    ///
    /// - Throws: ``TokenHTTP/AuthenticationFailure`` when a cookie appears more than once.
    init(of exchange: Exchange, _ authenticator: SessionAuthenticator) async throws {
        let cookies = try authenticator.cookies(of: exchange)
        if let cookies {
            do {
                let session = try await authenticator.visitingSession(of: cookies)
                self = .signedIn(session, accessSeconds: try await authenticator.accessSecondsLeft(of: cookies))
                return
            } catch is AuthenticationFailure {}
        }
        let headers = exchange.request.headers
        let site = headers[.secFetchSite]
        if cookies?.refresh == nil, site == "cross-site" || site == "same-site" {
            self = .fromOtherSite
        } else if cookies?.refresh == nil, site == nil, PageVisitor.isNavigation(headers),
            try exchange.query()[PageVisitor.stepField] == nil
        {
            self = .fromUnknownSite
        } else {
            self = cookies == nil ? .signedOut : .sessionEnded
        }
    }

    /// Whether a browser opens a page, rather than a program that fetches it.
    private static func isNavigation(_ headers: HeaderFields) -> Bool {
        headers[.accept]?.utf8.contains("text/html".utf8) ?? false
    }
}
