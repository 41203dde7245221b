import HTTPTypes
package import Hummingbird

/// The session cookies of a request.
package struct BrowserCookies: Sendable {
    let access: String?
    package let refresh: String?

    /// Nil when there are none. Names are compared byte for byte: a cookie with a similar name is another cookie.
    ///
    /// - Throws: ``AuthenticationFailure/repeatedCookie(_:)``.
    package init?(_ request: Request) throws(AuthenticationFailure) {
        var values: [SessionCookie: String] = [:]
        for pair in request.headers[values: .cookie].flatMap({ $0.split(separator: ";") }) {
            let parts = pair.trimmingSpaces().split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let cookie = SessionCookie(rawValue: String(parts[0])) else { continue }
            guard values.updateValue(String(parts[1]), forKey: cookie) == nil else {
                throw .repeatedCookie(cookie.rawValue)
            }
        }
        guard !values.isEmpty else { return nil }
        access = values[.access]
        refresh = values[.refresh]
    }
}
