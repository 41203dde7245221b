/// The answer to a ``ClientRequest``. It may contain secrets.
public struct ClientAnswer: Sendable, Equatable {
    /// The longest body that a client reads, in bytes.
    public static let maximumBodyBytes = 1 << 20

    /// The HTTP status code.
    public let status: Int
    /// The header fields.
    public let headers: [HeaderField]
    /// The whole body.
    public let body: [UInt8]

    /// Makes an answer from its parts.
    public init(status: Int, headers: [HeaderField], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension ClientAnswer: CustomStringConvertible {
    /// The status code and the length of the body.
    public var description: String { "\(status), \(body.count) bytes" }
}
