import HTTPTypes
import TokenCore
import TokenSigning

extension HeaderFields {
    /// - Parameters:
    ///   - refreshSeconds: the lifetime of the refresh cookie.
    ///   - isRemembered: whether the cookies outlive the closing of the browser.
    mutating func setCookies(
        access: IssuedToken, refresh: RefreshToken, refreshSeconds: Int, isRemembered: Bool
    ) {
        let accessSeconds = isRemembered ? access.expiresInSeconds : nil
        append(cookie: SessionCookie.access.holding(access.token, seconds: accessSeconds))
        append(cookie: SessionCookie.refresh.holding(refresh.plaintext, seconds: isRemembered ? refreshSeconds : nil))
    }

    mutating func clearCookies() {
        for cookie in SessionCookie.allCases { append(cookie: cookie.cleared) }
    }

    mutating func append(cookie: String) { append(.setCookie, cookie) }
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
