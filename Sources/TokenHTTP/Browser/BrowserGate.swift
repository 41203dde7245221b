import HTTPTypes
import Hummingbird
import TokenCore

/// What a request that changes something must show before a cookie counts: that one of this service's own pages, or
/// one of a configured origin, made it.
struct BrowserGate: Sendable {
    let origins: OriginList
    let csrf: CSRFTokens

    /// Where the request comes from. `Sec-Fetch-Site` is written by the browser and out of reach for scripts; browsers that
    /// do not know it send `Origin`. The Host header is asked nothing.
    ///
    /// - Throws: `csrf_failed`.
    func checkOrigin(of request: Request) throws {
        let sites = request.headers[values: .secFetchSite]
        if sites.isEmpty {
            let claimed = request.headers[values: .origin]
            guard claimed.count == 1, origins.contains(claimed[0]) else { throw Problem.foreignPage }
        } else {
            guard sites == ["same-origin"] || sites == ["none"] else { throw Problem.foreignPage }
        }
    }

    /// Where the request comes from, and that its maker could read the session's token.
    ///
    /// - Throws: `csrf_failed`.
    func check(_ request: Request, token: String?, session: SessionID?) throws {
        try checkOrigin(of: request)
        // Cookies that name no session open nothing, and have no token.
        guard let session else { return }
        guard let token, csrf.accepts(token, for: session) else {
            throw Problem(.csrfFailed, "X-CSRF-Token is missing or is not this session's; GET /v1/session tells it.")
        }
    }
}

extension Problem {
    fileprivate static var foreignPage: Problem {
        Problem(.csrfFailed, "A request that acts on a cookie must come from this service's own origin.")
    }
}

extension HTTPField.Name {
    // Constant names that are known to be valid.
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let secFetchMode = HTTPField.Name("Sec-Fetch-Mode")!
    static let csrfToken = HTTPField.Name("X-CSRF-Token")!
}

extension HTTPRequest.Method {
    /// Whether it asks for nothing to be changed (RFC 9110 §9.2.1).
    var isSafe: Bool { self == .get || self == .head || self == .options }
}
