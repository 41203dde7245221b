import HTTPTypes

/// The session cookies of a request.
package struct BrowserCookies: Sendable {
    let access: String?
    package let refresh: String?

    /// Nil when there are none. The header is read as bytes: only an ASCII semicolon separates cookies, and a name that
    /// is similar to a session cookie's is another cookie. Cookies of other applications are skipped, whatever they
    /// hold.
    ///
    /// - Throws: ``AuthenticationFailure/repeatedCookie(_:)`` or ``AuthenticationFailure/malformedCookie(_:)``.
    package init?(_ request: Request) throws(AuthenticationFailure) {
        var values: [SessionCookie: String] = [:]
        for header in request.headers[values: .cookie] {
            for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
                let pair = pair.trimmingSpaces()
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")),
                    let cookie = SessionCookie.allCases.first(where: { pair[..<equals].elementsEqual($0.rawValue.utf8) }
                    )
                else { continue }
                let value = String(Substring(pair[pair.index(after: equals)...]))
                guard value.isVisibleASCII else { throw .malformedCookie(cookie.rawValue) }
                guard values.updateValue(value, forKey: cookie) == nil else { throw .repeatedCookie(cookie.rawValue) }
            }
        }
        guard !values.isEmpty else { return nil }
        access = values[.access]
        refresh = values[.refresh]
    }
}
