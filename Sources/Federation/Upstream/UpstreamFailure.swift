/// Why a provider's answer cannot be used. The raw value is the label of metrics.
package enum UpstreamFailure: String, Error, Sendable {
    /// No connection, or one that broke.
    case unreachable
    case timeout
    /// Too many requests are under way.
    case busy
    /// The server has failed, or refuses further requests: 500 and above, and 429.
    case serverError = "server_error"
    /// Another status than the expected one.
    case status
    /// The body is longer than the limit.
    case tooLarge = "too_large"
    case mediaType = "media_type"
    /// The body is not what it must be.
    case malformed

    /// Whether the same request may succeed later.
    var isTemporary: Bool {
        switch self {
        case .unreachable, .timeout, .busy, .serverError: true
        case .status, .tooLarge, .mediaType, .malformed: false
        }
    }
}
