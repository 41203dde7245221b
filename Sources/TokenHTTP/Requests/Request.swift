package import HTTPTypes

/// The head of a request.
package struct Request: Sendable {
    package let method: HTTPRequest.Method
    /// The path and the query as they were sent (RFC 9112 §3.2.1).
    package let target: String
    /// The target up to its first question mark.
    package let path: String
    /// What follows the first question mark; nil without one.
    package let query: String?
    package let headers: HeaderFields
    /// The `Host` header; nil for a request of HTTP/1.0 without one.
    let host: String?

    /// - Parameter target: a path that may have a query.
    package init(
        _ method: HTTPRequest.Method = .get, _ target: String, headers: HeaderFields = [:], host: String? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.host = host
        let bytes = target.utf8
        guard let mark = bytes.firstIndex(of: UInt8(ascii: "?")) else {
            (path, query) = (target, nil)
            return
        }
        path = String(target[..<mark])
        // A fragment is no part of a request target.
        query = String(Substring(bytes[bytes.index(after: mark)...].prefix { $0 != UInt8(ascii: "#") }))
    }
}
