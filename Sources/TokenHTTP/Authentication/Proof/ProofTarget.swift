import HTTPTypes
import TokenVerifier

/// The method and the URI that a proof must be for.
struct ProofTarget: Sendable {
    let method: String
    let uri: ProofURI

    init(method: String, uri: ProofURI) {
        self.method = method
        self.uri = uri
    }

    /// The request that a trusted proxy asks about; nil unless the proxy names its method, scheme, host and path, each
    /// exactly once. A second header field may be the caller's own.
    init?(forwarded exchange: Exchange) {
        guard exchange.isFromTrustedProxy else { return nil }
        let headers = exchange.request.headers
        func only(_ name: HTTPField.Name) -> String? {
            let values = headers[values: name]
            return values.count == 1 ? values[0] : nil
        }
        guard let method = only(.xForwardedMethod), let scheme = only(.xForwardedProto),
            let host = only(.xForwardedHost), let path = only(.xForwardedURI),
            let uri = ProofURI(base: "\(scheme)://\(host)", path: path)
        else { return nil }
        self.init(method: method, uri: uri)
    }
}
