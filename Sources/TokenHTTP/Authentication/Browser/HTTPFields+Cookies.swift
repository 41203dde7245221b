import HTTPTypes
package import Hummingbird
import TokenCore
import TokenSigning

extension HTTPFields {
    mutating func setCookies(access: IssuedToken, refresh: RefreshToken, refreshSeconds: Int) {
        append(cookie: SessionCookie.access.holding(access.token, seconds: access.expiresInSeconds))
        append(cookie: SessionCookie.refresh.holding(refresh.plaintext, seconds: refreshSeconds))
    }

    mutating func clearCookies() {
        for cookie in SessionCookie.allCases { append(cookie: cookie.cleared) }
    }

    private mutating func append(cookie: String) { append(HTTPField(name: .setCookie, value: cookie)) }
}

extension Response {
    /// The same answer, which also deletes the session cookies.
    package func clearingCookies() -> Response {
        var response = self
        response.headers.clearCookies()
        return response
    }
}

extension Problem {
    /// The same problem, which also deletes the session cookies if the session has ended. Other problems leave them.
    func clearingCookies() -> Problem {
        guard status == .unauthorized else { return self }
        var problem = self
        problem.headers.clearCookies()
        return problem
    }
}
