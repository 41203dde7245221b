import HTTPTypes

extension BrowserGate {
    /// Whether the browser that made a request may keep no `Secure` cookie of this service.
    ///
    /// The issuer's origin is plain `http`, and either not on loopback, or the browser does not treat loopback as
    /// trustworthy (Safari). Such a browser sends no `Sec-Fetch-Site` (W3C Fetch Metadata §2.1).
    package func mayKeepNoCookies(_ request: Request) -> Bool {
        guard let own = origins.own else { return false }
        if !own.isTrustworthy { return true }
        return own.text.utf8.starts(with: "http:".utf8) && request.headers[.secFetchSite] == nil
    }

    /// Whether a page of this service, at `path`, led the browser to a request, according to the browser's headers.
    package func isLed(from path: String, _ request: Request) -> Bool {
        guard let own = origins.own, let referrer = request.headers[.referer]?.utf8 else { return false }
        let page = "\(own.text)\(path)".utf8
        return referrer.starts(with: page) && [nil, UInt8(ascii: "?")].contains(referrer.dropFirst(page.count).first)
    }
}
