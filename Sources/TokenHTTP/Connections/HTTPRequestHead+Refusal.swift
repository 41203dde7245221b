import HTTPTypes
import NIOHTTP1

/// What NIO's parser accepts and this service does not.
extension HTTPRequestHead {
    /// Why the request is refused before it is routed; nil for a request that may be routed.
    func refusal() -> Problem? {
        guard version == .http1_1 || version == .http1_0 else {
            return Problem(
                .invalidRequest, "The version of the protocol is neither 1.1 nor 1.0.", status: .httpVersionNotSupported
            )
        }
        guard uri.isVisibleASCII, method == .CONNECT || ["/", "*", "h", "H"].contains(uri.first) else {
            return Problem(.invalidRequest, "The request target is not a path or an http URL in ASCII.")
        }
        return hostRefusal() ?? framingRefusal() ?? headerRefusal() ?? expectationRefusal()
    }

    /// Exactly one valid Host, which HTTP/1.0 may omit (RFC 9112 §3.2).
    private func hostRefusal() -> Problem? {
        let hosts = headers.lazy.filter { $0.name.utf8.isWord("host") }
        guard let first = hosts.first else { return version == .http1_0 ? nil : HTTPRequestHead.invalidHost }
        let isOnly = hosts.dropFirst().isEmpty
        return isOnly && HTTPRequestHead.isHost(first.value.utf8.trimmingSpaces()) ? nil : HTTPRequestHead.invalidHost
    }

    private static var invalidHost: Problem {
        Problem(.invalidRequest, "The request does not have exactly one valid Host header.")
    }

    /// `uri-host [ ":" port ]` (RFC 9110 §7.2), not empty.
    private static func isHost(_ host: Substring.UTF8View) -> Bool {
        let colon = UInt8(ascii: ":")
        let name: Substring.UTF8View
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return false }
            name = host[...end]
            guard name.count > 2, name.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == colon || $0 == 0x2E })
            else { return false }
        } else {
            name = host.prefix { $0 != colon }
            // Unreserved characters, sub-delims and percent-encoding (RFC 3986 §3.2.2).
            guard !name.isEmpty, name.allSatisfy({ $0.isAlphanumeric || "-._~%!$&'()*+,;=".utf8.contains($0) }) else {
                return false
            }
        }
        let rest = host[name.endIndex...]
        guard let first = rest.first else { return true }
        return first == colon && rest.count <= 6 && (Int(Substring(rest.dropFirst())) ?? 0) <= 65_535
            && rest.dropFirst().allSatisfy { $0.isDigit }
    }

    /// Only `chunked` is decoded, and only in HTTP/1.1 (RFC 9112 §6.1).
    private func framingRefusal() -> Problem? {
        let codings = headers["transfer-encoding"]
        guard !codings.isEmpty else { return nil }
        guard version == .http1_1, !headers.contains(name: "content-length") else {
            return Problem(.invalidRequest, "The length of the body is ambiguous.")
        }
        guard codings.count == 1, codings[0].utf8.trimmingSpaces().isWord("chunked") else {
            return Problem(
                .invalidRequest, "The only Transfer-Encoding that is understood is chunked.", status: .notImplemented)
        }
        return nil
    }

    /// Headers that must be ASCII: a request with any other byte in one of them is refused with 400. Other headers with
    /// such a byte are ignored, except Cookie and User-Agent, which are read as bytes.
    private static let asciiOnly: Set = [
        "accept", "accept-encoding", "access-control-request-headers", "access-control-request-method", "authorization",
        "connection", "content-encoding", "content-length", "content-type", "dpop", "expect", "host", "if-none-match",
        "last-event-id", "origin", "sec-fetch-site", "upgrade", "x-csrf-token", "x-forwarded-for", "x-forwarded-host",
        "x-forwarded-method", "x-forwarded-proto", "x-forwarded-uri",
    ]

    /// A `String` of ASCII has no other spellings and costs little.
    private func headerRefusal() -> Problem? {
        for (name, value) in headers where !value.isASCII && HTTPRequestHead.asciiOnly.contains(name.lowercased()) {
            return Problem(.invalidRequest, "The header \(name.lowercased()) has a character that is not ASCII.")
        }
        return nil
    }

    private func expectationRefusal() -> Problem? {
        guard headers["expect"].allSatisfy({ $0.utf8.trimmingSpaces().isWord("100-continue") }) else {
            return Problem(
                .invalidRequest, "The only expectation that is understood is 100-continue.", status: .expectationFailed)
        }
        return nil
    }

    // MARK: - What the responder gets

    /// The request for the responder; nil for a method that is no token.
    func request() -> Request? {
        guard let method = HTTPRequest.Method(method.rawValue) else { return nil }
        let host = headers.first(name: "host").map { String(Substring($0.utf8.trimmingSpaces())) }
        return Request(method, path, headers: HeaderFields(readableHeaders), host: host)
    }

    /// The headers without those that are not ASCII, except Cookie and User-Agent.
    private var readableHeaders: HTTPHeaders {
        guard !headers.allSatisfy({ $0.value.isASCII }) else { return headers }
        return HTTPHeaders(
            headers.filter { $0.value.isASCII || ["cookie", "user-agent"].contains($0.name.lowercased()) })
    }

    /// The path and query. A request target in absolute form has its scheme and authority before them (RFC 9112
    /// §3.2.2).
    private var path: String {
        let target = uri.utf8
        guard method != .CONNECT, target.first != UInt8(ascii: "/"),
            let colon = target.firstIndex(of: UInt8(ascii: ":"))
        else { return uri }
        let authority = target[colon...].dropFirst(3)
        guard let start = authority.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) else {
            return "/"
        }
        let rest = String(Substring(authority[start...]))
        return rest.utf8.first == UInt8(ascii: "/") ? rest : "/" + rest
    }
}

extension HTTPHeaders {
    /// Whether `Connection` has an option, in any case and in any place of its lists (RFC 9110 §7.6.1).
    ///
    /// - Parameter option: in lower case.
    func hasConnectionOption(_ option: String) -> Bool {
        self["connection"].contains { $0.utf8.listMembers().contains { $0.isWord(option) } }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
    fileprivate var isAlphanumeric: Bool { isDigit || UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20 }
    fileprivate var isHexDigit: Bool { isDigit || UInt8(ascii: "a")...UInt8(ascii: "f") ~= self | 0x20 }
}
