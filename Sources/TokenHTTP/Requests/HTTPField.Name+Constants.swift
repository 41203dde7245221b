package import HTTPTypes

/// The header names that swift-http-types does not have. Each is a valid name, so that unwrapping it cannot fail.
extension HTTPField.Name {
    // Requests

    /// DPoP (RFC 9449 §4.1).
    static let dpop = HTTPField.Name("DPoP")!
    /// Last-Event-ID (HTML Standard §9.2).
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
    /// Sec-Fetch-Site (W3C Fetch Metadata §2.4).
    package static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    /// traceparent (W3C Trace Context §3.2).
    static let traceparent = HTTPField.Name("traceparent")!
    /// The CSRF token of a session.
    static let csrfToken = HTTPField.Name("X-CSRF-Token")!
    /// The addresses that a proxy forwards a request for.
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
    /// The host and the port of the request that a proxy asks about.
    static let xForwardedHost = HTTPField.Name("X-Forwarded-Host")!
    /// The scheme of the request that a proxy asks about.
    static let xForwardedProto = HTTPField.Name("X-Forwarded-Proto")!
    /// The path and the query of the request that a proxy asks about.
    static let xForwardedURI = HTTPField.Name("X-Forwarded-Uri")!
    /// The method of the request that a proxy asks about.
    static let xForwardedMethod = HTTPField.Name("X-Forwarded-Method")!

    // Answers

    /// Cross-Origin-Opener-Policy (HTML Standard §7.1.3).
    package static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    /// DPoP-Nonce (RFC 9449 §8.1).
    static let dpopNonce = HTTPField.Name("DPoP-Nonce")!
    /// Permissions-Policy (W3C Permissions Policy §6).
    package static let permissionsPolicy = HTTPField.Name("Permissions-Policy")!
    /// Referrer-Policy (W3C Referrer Policy §8.1).
    package static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    /// Turns off nginx's buffering of an answer.
    static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
    /// What `/v1/verify` reports to a proxy.
    static let xAuthClaims = HTTPField.Name("X-Auth-Claims")!
    /// What `/v1/verify` reports to a proxy.
    static let xAuthClient = HTTPField.Name("X-Auth-Client")!
    /// What `/v1/verify` reports to a proxy.
    static let xAuthScope = HTTPField.Name("X-Auth-Scope")!
    /// What `/v1/verify` reports to a proxy.
    static let xAuthSession = HTTPField.Name("X-Auth-Session")!
    /// What `/v1/verify` reports to a proxy.
    static let xAuthSubject = HTTPField.Name("X-Auth-Subject")!
    /// X-Frame-Options (RFC 7034).
    package static let xFrameOptions = HTTPField.Name("X-Frame-Options")!
    /// The id of a request in the log.
    static let xRequestID = HTTPField.Name("X-Request-Id")!
}
