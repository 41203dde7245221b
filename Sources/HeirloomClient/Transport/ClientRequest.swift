/// An HTTP request of a ``HeirloomClient``. It may contain secrets.
public struct ClientRequest: Sendable, Equatable {
    /// The HTTP method.
    public let method: String
    /// The absolute URL.
    public let url: String
    /// The header fields.
    public let headers: [HeaderField]
    /// The body; nil if there is none.
    public let body: [UInt8]?

    /// Makes a request from its parts.
    public init(method: String, url: String, headers: [HeaderField], body: [UInt8]?) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

extension ClientRequest: CustomStringConvertible {
    /// The method and the URL, without header fields and body.
    public var description: String { "\(method) \(url)" }
}
