import HTTPTypes
import Hummingbird
import TokenCore
import TokenSigning

extension HTTPFields {
    mutating func setCookies(access: MintedToken, refresh: RefreshToken, refreshSeconds: Int) {
        append(cookie: SessionCookie.access.holding(access.token, seconds: access.expiresInSeconds))
        append(cookie: SessionCookie.refresh.holding(refresh.plaintext, seconds: refreshSeconds))
    }

    mutating func clearCookies() {
        for cookie in SessionCookie.allCases { append(cookie: cookie.cleared) }
    }

    private mutating func append(cookie: String) { append(HTTPField(name: .setCookie, value: cookie)) }
}

extension Response {
    /// The same, and the browser forgets its session.
    func clearingCookies() -> Response {
        var response = self
        response.headers.clearCookies()
        return response
    }
}

extension Problem {
    /// The same, and the browser forgets a session that is at its end; what passes leaves the cookies alone.
    func clearingCookies() -> Problem {
        guard status == .unauthorized else { return self }
        var problem = self
        problem.headers.clearCookies()
        return problem
    }
}
