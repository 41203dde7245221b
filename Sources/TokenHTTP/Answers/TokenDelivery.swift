import HTTPTypes
package import SessionEngine
import StrictCoding
package import TokenCore
package import TokenSigning

/// Signs the access token of a session and delivers both tokens: in a body, or in cookies.
///
/// Signing takes place here, after the commit, but at the time that the transaction judged with. A node that pauses in
/// between signs no access token that outlives the entry in the feed which revokes it.
package struct TokenDelivery: Sendable {
    let accessTokens: AccessTokenIssuer
    private let sessions: SessionService
    private let csrf: CSRFTokens

    /// - Parameter accessTokens: signs the access tokens.
    package init(sessions: SessionService, accessTokens: AccessTokenIssuer, csrf: CSRFTokens) {
        self.sessions = sessions
        self.accessTokens = accessTokens
        self.csrf = csrf
    }

    /// An answer with the tokens in its body.
    ///
    /// - Parameters:
    ///   - requestKey: the key that the request proved or named; see ``TokenCore/TokenBinding``.
    ///   - now: the transaction's time.
    func body(
        for session: Session, refresh: RefreshToken, requestKey: KeyThumbprint? = nil, at now: Timestamp,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let binding = TokenBinding(of: session, requestKey: requestKey)
        let access = try accessTokens.issue(for: session, boundBy: binding, at: now)
        return .json(status) { json in
            json.member("token_type", access.type)
            json.member("access_token", access.token)
            json.member("expires_in", access.expiresInSeconds)
            json.member("refresh_token", refresh.plaintext)
            json.member("refresh_expires_in", secondsLeft(of: session, at: now))
            json.session(session, scope: access.scope)
        }
    }

    /// An answer with the tokens in cookies. Its body has the CSRF token, and nothing secret.
    ///
    /// - Parameter now: the transaction's time.
    func cookies(
        for session: Session, refresh: RefreshToken, at now: Timestamp, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let access = try cookieToken(for: session, at: now)
        let secondsLeft = secondsLeft(of: session, at: now)
        var response = Response.json(status) { json in
            json.member("expires_in", access.expiresInSeconds)
            json.member("refresh_expires_in", secondsLeft)
            json.session(session, scope: access.scope)
            json.member("csrf_token", csrf.token(for: session.id))
        }
        response.headers.setCookies(
            access: access, refresh: refresh, refreshSeconds: secondsLeft, isRemembered: session.record.isRemembered)
        return response
    }

    /// A redirect to a page, with the tokens in cookies.
    ///
    /// - Parameter now: the transaction's time.
    package func redirect(
        to path: String, for session: Session, refresh: RefreshToken, at now: Timestamp
    ) throws -> Response {
        var response = Response.seeOther(path)
        response.headers.setCookies(
            access: try cookieToken(for: session, at: now), refresh: refresh,
            refreshSeconds: secondsLeft(of: session, at: now), isRemembered: session.record.isRemembered)
        return response
    }

    private func secondsLeft(of session: Session, at now: Timestamp) -> Int {
        max(0, sessions.expiry(of: session).seconds - now.seconds)
    }

    /// An access token that fits into a cookie. A token with a post-quantum signature or with long claims does not; a
    /// reference token takes its place.
    private func cookieToken(for session: Session, at now: Timestamp) throws -> IssuedToken {
        let token = try accessTokens.issue(for: session, boundBy: .cookie, at: now)
        return SessionCookie.access.fits(token.token)
            ? token : accessTokens.issueReference(for: session, boundBy: .cookie, at: now)
    }
}

extension JSONWriter {
    fileprivate mutating func session(_ session: Session, scope: Scope) {
        member("session_id", session.id.description)
        member("subject", session.subject.id.value)
        member("scope", scope.description)
    }
}
