import HTTPTypes

/// Admits requests whose `Host` header names loopback, for a listener that only this machine reaches. A page in a
/// browser of this machine, whose host name its owner points at loopback (DNS rebinding), therefore reads nothing.
struct HostGate: Sendable {
    /// Checks a request. HTTP/1.0 has requests without a host; no browser sends them.
    ///
    /// - Throws: `invalid_request`.
    func check(_ request: Request) throws {
        guard let host = request.host, !LoopbackHost.isNamed(by: host) else { return }
        throw Problem(
            .invalidRequest,
            "admin.host is a loopback address, but the Host header names another host. Use localhost or 127.0.0.1; a "
                + "proxy must set the header.")
    }
}
