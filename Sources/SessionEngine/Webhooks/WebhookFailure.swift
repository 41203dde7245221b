/// Why a try to deliver an event has failed.
package enum WebhookFailure: Error, Equatable, CustomStringConvertible {
    /// No connection, or one that broke.
    case unreachable
    case timeout
    /// No secure connection, for example because the certificate is not trusted.
    case insecure
    /// An answer that is no success.
    case status(Int)

    package var description: String {
        switch self {
        case .unreachable: "the receiver cannot be reached"
        case .insecure: "the receiver's certificate is not trusted, or its TLS fails"
        case .timeout: "the receiver has not answered in time"
        case .status(let status): "the receiver has answered \(status)"
        }
    }
}
