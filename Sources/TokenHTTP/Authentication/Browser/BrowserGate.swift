import HTTPTypes
import TokenCore

/// Checks that a request with cookies was made by a page of this service, or of an allowed origin.
package struct BrowserGate: Sendable {
    let origins: OriginList
    package let csrf: CSRFTokens

    /// Checks where the request comes from. Browsers write `Sec-Fetch-Site` themselves, and no script can change it.
    /// Browsers without it send `Origin`. The Host header is not read.
    ///
    /// - Throws: ``AuthenticationFailure/otherOrigin``.
    package func checkOrigin(of request: Request) throws(AuthenticationFailure) {
        let sites = request.headers[values: .secFetchSite]
        if sites.isEmpty {
            let claimed = request.headers[values: .origin]
            guard claimed.count == 1, origins.contains(claimed[0]) else { throw .otherOrigin }
        } else {
            guard sites == ["same-origin"] || sites == ["none"] else { throw .otherOrigin }
        }
    }

    /// Whether the page that made the request could read the session's CSRF token.
    func accepts(_ csrfToken: String?, for session: SessionID) -> Bool {
        csrfToken.map { csrf.accepts($0, for: session) } ?? false
    }
}
