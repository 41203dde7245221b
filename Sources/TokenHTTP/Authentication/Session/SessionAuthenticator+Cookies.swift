import HTTPTypes
import SessionEngine
package import TokenCore

/// The session of a browser's cookies.
extension SessionAuthenticator {
    /// The session cookies of a request; nil when it has none, or has an `Authorization` header. No proof that the
    /// request is not forged: for requests that change nothing.
    ///
    /// - Throws: ``AuthenticationFailure/repeatedCookie(_:)``.
    package func cookies(of exchange: Exchange) throws -> BrowserCookies? {
        exchange.request.headers[.authorization] == nil ? try BrowserCookies(exchange.request) : nil
    }

    /// The session cookies of a request; nil when it has none, or has an `Authorization` header.
    ///
    /// - Parameter csrfToken: the token in a form; nil for the one in the header.
    /// - Throws: ``AuthenticationFailure``, also when the request may change something and may be forged.
    package func checkedCookies(of exchange: Exchange, csrfToken: String? = nil) async throws -> BrowserCookies? {
        guard let cookies = try cookies(of: exchange) else { return nil }
        guard !exchange.request.method.isSafe else { return cookies }
        try gate.checkOrigin(of: exchange.request)
        let token = csrfToken ?? exchange.request.headers[.csrfToken]
        if let session = try await session(namedBy: cookies), !gate.accepts(token, for: session) {
            // No page can read the token of a session that has ended, and its cookies permit nothing.
            if case .live = try await sessions.status(of: session) { throw AuthenticationFailure.invalidCSRFToken }
        }
        return cookies
    }

    /// The live session of a browser that opens a page. The refresh cookie of a bound session suffices: a navigation
    /// cannot sign, and the page changes nothing.
    ///
    /// - Throws: ``AuthenticationFailure``.
    package func visitingSession(of cookies: BrowserCookies) async throws -> Session {
        try live(await status(of: sessionCredential(of: cookies) { .notAsked }))
    }

    /// The live session of a browser that sends a form. That of a bound session needs the access cookie, which only a
    /// refresh with a proof renews.
    ///
    /// - Throws: ``AuthenticationFailure``.
    package func liveSession(of cookies: BrowserCookies) async throws -> Session {
        try live(await status(of: sessionCredential(of: cookies) { .absent }))
    }

    /// The live session of a browser's access cookie.
    ///
    /// An API that accepted the refresh cookie alone would never make the browser refresh, so the session would expire
    /// however active its user is.
    ///
    /// - Throws: ``AuthenticationFailure``, ``AuthenticationFailure/expiredAccessToken`` for a refresh cookie without a
    ///   valid access cookie of the same session.
    func accessedSession(of cookies: BrowserCookies) async throws -> Session {
        guard case .session(let id, _) = try await sessionCredential(of: cookies, proof: { .notAsked }) else {
            throw AuthenticationFailure.expiredAccessToken(.bearer)
        }
        return try live(await sessions.status(of: id))
    }

    /// How many seconds the access cookie is still valid for; 0 without a valid one.
    package func accessSecondsLeft(of cookies: BrowserCookies) async throws -> Int {
        guard let token = UsableToken(cookie: try await read(cookies.access ?? "")) else { return 0 }
        return max(0, token.claims.expiresAt - sessions.clock().seconds)
    }

    /// The session that authentic cookies name, live or not; nil when neither cookie is authentic.
    package func session(namedBy cookies: BrowserCookies) async throws -> SessionID? {
        if let token = cookies.refresh.flatMap({ sessions.parse($0) }) { return token.session }
        guard let access = cookies.access else { return nil }
        return try await read(access).authentic?.session
    }

    /// The session of a valid access token; the refresh token if there is no such session, or it is another one.
    ///
    /// - Parameter proof: what the request shows of a key, which a refresh token may need.
    func sessionCredential(
        of cookies: BrowserCookies, proof: () throws -> PresentedProof
    ) async throws -> SessionCredential {
        let reading = try await read(cookies.access ?? "")
        let access = UsableToken(cookie: reading)
        guard let refresh = cookies.refresh.flatMap({ sessions.parse($0) }) else {
            if case .expired = reading { throw AuthenticationFailure.expiredAccessToken(.bearer) }
            guard let access else { throw AuthenticationFailure.invalidAccessToken(.bearer) }
            guard let id = access.claims.session else { throw AuthenticationFailure.noSession }
            return .session(id)
        }
        return access?.claims.session == refresh.session
            ? .session(refresh.session) : .refreshToken(Presentation(refresh, proof: try proof()))
    }
}
