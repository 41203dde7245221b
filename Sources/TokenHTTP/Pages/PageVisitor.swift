import HTTPTypes
import Hummingbird
import TokenCore

/// Tells who opens a page.
struct PageVisitors: Sendable {
    enum Visitor: Sendable {
        case signedIn(Session)
        /// Followed a link of another site, so that the browser kept the cookie back that would tell.
        case passingThrough
        case stranger
    }

    let credentials: SessionAuthenticator

    /// Changes nothing.
    func visitor(of exchange: Exchange) async throws -> Visitor {
        let cookies = try credentials.cookies(of: exchange)
        if let cookies, let session = try await liveSession(of: cookies) { return .signedIn(session) }
        let site = exchange.request.headers[.secFetchSite]
        let isFromElsewhere = site == "cross-site" || site == "same-site"
        return cookies?.refresh == nil && isFromElsewhere ? .passingThrough : .stranger
    }

    private func liveSession(of cookies: BrowserCookies) async throws -> Session? {
        do { return try await credentials.liveSession(of: cookies) } catch let problem as Problem {
            guard problem.status == .unauthorized else { throw problem }
            return nil
        }
    }
}
