/// An error document of the service (RFC 9457).
public struct ServiceRefusal: Sendable, Equatable {
    /// The HTTP status code.
    public let status: Int
    /// The stable code, such as `invalid_credentials`.
    public let code: String
    /// The explanation for people; empty if there is none.
    public let detail: String

    /// Makes a refusal from its parts.
    public init(status: Int, code: String, detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }
}
