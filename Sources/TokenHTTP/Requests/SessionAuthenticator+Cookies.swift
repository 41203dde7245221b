import HTTPTypes
import Hummingbird
import TokenCore

/// Which session a browser's cookies stand for.
extension SessionAuthenticator {
    /// The request's cookies, unless it brought something better; not yet fit to change anything.
    func cookies(of exchange: Exchange) throws -> BrowserCookies? {
        exchange.request.headers[.authorization] == nil ? try BrowserCookies(exchange.request) : nil
    }

    /// The request's cookies; for a method that may change something only if it shows that it is no forgery.
    ///
    /// - Parameter token: the CSRF token of a form; by default that of the header.
    /// - Throws: `csrf_failed`.
    func cookies(checkedIn exchange: Exchange, token: String? = nil) async throws -> BrowserCookies? {
        guard let cookies = try cookies(of: exchange) else { return nil }
        if !exchange.request.method.isSafe {
            try gate.check(
                exchange.request, token: token ?? exchange.request.headers[.csrfToken],
                session: try await session(namedBy: cookies))
        }
        return cookies
    }

    /// The session that authentic cookies name, dead or alive; nil when neither is authentic.
    func session(namedBy cookies: BrowserCookies) async throws -> SessionID? {
        if let token = cookies.refresh.flatMap({ sessions.parse($0) }) { return token.session }
        guard let access = cookies.access else { return nil }
        do { return try await sessionID(of: access, evenExpired: true) } catch is Problem { return nil }
    }

    /// What a command is told of a browser: the access token's session, or, when that token has run out, the refresh
    /// token.
    func credential(of cookies: BrowserCookies) async throws -> SessionCredential {
        let refresh = cookies.refresh.flatMap { sessions.parse($0) }
        do {
            let id = try await sessionID(of: cookies.access ?? "")
            if let refresh, refresh.session != id { return .refreshToken(refresh, nil) }
            return .session(id)
        } catch let problem as Problem {
            guard let refresh else { throw problem }
            return .refreshToken(refresh, nil)
        }
    }

    /// The live session of a browser. Changes nothing, so that a page may ask.
    func liveSession(of cookies: BrowserCookies) async throws -> Session {
        switch try await credential(of: cookies) {
        case .session(let id): try granted(await sessions.look(up: id))
        case .refreshToken(let token, _): try granted(await sessions.look(at: token))
        }
    }
}

extension PresentedCredential {
    var isCookies: Bool {
        if case .cookies = self { true } else { false }
    }
}
