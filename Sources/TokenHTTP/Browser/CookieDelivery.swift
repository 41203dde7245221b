import Hummingbird
import StrictCoding
import TokenCore
import TokenSigning

/// Hands a browser its session: the tokens in cookies, and to the page what is no secret and the CSRF token.
struct CookieDelivery: Sendable {
    let sessions: SessionService
    let accessTokens: AccessTokenIssuer
    let csrf: CSRFTokens

    /// The answer to a login or a refresh.
    func response(for session: Session, refresh: RefreshToken) throws -> Response {
        let now = sessions.clock()
        let access = try accessToken(for: session, at: now)
        let refreshSeconds = seconds(left: session, at: now)
        var response = Response.json { json in
            json.member("expires_in", access.expiresInSeconds)
            json.member("refresh_expires_in", refreshSeconds)
            json.member("session_id", session.record.id.description)
            json.member("subject", session.subject.id.value)
            json.member("scope", access.scope.description)
            json.member("csrf_token", csrf.token(for: session.record.id))
        }
        response.headers.setCookies(access: access, refresh: refresh, refreshSeconds: refreshSeconds)
        return response
    }

    /// The same for a person, who goes on to a page.
    func redirect(to path: String, for session: Session, refresh: RefreshToken) throws -> Response {
        let now = sessions.clock()
        var response = Response.seeOther(path)
        response.headers.setCookies(
            access: try accessToken(for: session, at: now), refresh: refresh,
            refreshSeconds: seconds(left: session, at: now))
        return response
    }

    private func seconds(left session: Session, at now: Timestamp) -> Int {
        max(0, session.expiry(idleLifetimeSeconds: sessions.policy.idleLifetimeSeconds).seconds - now.seconds)
    }

    /// A token that no cookie can hold (a post-quantum signature alone is longer) is replaced by a reference token, which
    /// serves this service as well.
    private func accessToken(for session: Session, at now: Timestamp) throws -> MintedToken {
        let token = try accessTokens.issue(for: session, at: now)
        return SessionCookie.access.fits(token.token) ? token : accessTokens.issueReference(for: session, at: now)
    }
}
