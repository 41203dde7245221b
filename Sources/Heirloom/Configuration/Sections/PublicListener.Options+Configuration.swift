import TokenHTTP

extension PublicListener.Options {
    enum Key {
        static let host = ConfigurationKey(
            "http.host", .string, default: "127.0.0.1",
            meaning: "The name or the address of the public listener. An IPv6 address may have brackets. Or "
                + "[`unix:PATH`](operations.md#tls-and-proxies), a path of at most 107 bytes.")
        static let port = ConfigurationKey(
            "http.port", .integer(in: 0...65535), default: 8080,
            meaning: "The port of the public listener. 0: any free one.")
        static let maxBodyBytes = ConfigurationKey(
            "http.maxBodyBytes", .integer(in: 1024...1_048_576), default: 16_384,
            meaning: "The largest body of a request.")
        static let trustedProxies = ConfigurationKey(
            "http.trustedProxies", .strings, default: [],
            meaning: "IP addresses and CIDR blocks of proxies whose `X-Forwarded-For` counts. `unix`: the peers of "
                + "a Unix socket.")
        static let allowedOrigins = ConfigurationKey(
            "http.allowedOrigins", .strings, default: [],
            meaning: "Other origins whose pages may read answers and use cookies, such as `https://app.example`: "
                + "[browsers](browser.md).")
        static let returnTo = ConfigurationKey(
            "pages.returnTo", .strings, default: [],
            meaning: "URLs of other origins that a [sign-in](browser.md#a-login-with-a-provider) may lead back to, "
                + "each with what lies below it.")
        static let requireProofNonce = ConfigurationKey(
            "dpop.requireNonce", .boolean, default: false,
            meaning: "Whether [proofs](oauth.md#tokens-bound-to-a-key) need a nonce of this service.")
        static let certificateFile = ConfigurationKey(
            "http.tls.certificateFile", .string, default: "",
            meaning: "The certificate chain, PEM, which is [read again](operations.md#tls-and-proxies) when it "
                + "changes. Empty: no TLS. Both files of `http.tls` are set, or neither.")
        static let privateKeyFile = ConfigurationKey(
            "http.tls.privateKeyFile", .string, default: "",
            meaning: "The private key of the certificate, PEM.")
    }

    init(_ reader: inout ConfigurationReader) {
        let proxies = TrustedProxies(reader[Key.trustedProxies])
        for text in reader[Key.trustedProxies] where TrustedProxies([text]) == nil {
            reader.refuse(
                Key.trustedProxies.path,
                "expected IP addresses, CIDR blocks such as 10.0.0.0/8, or \"unix\", found \"\(text)\"")
        }
        var allowedOrigins: [WebOrigin] = []
        for text in reader[Key.allowedOrigins] {
            if let origin = WebOrigin(exactly: text) {
                allowedOrigins.append(origin)
            } else {
                reader.refuse(
                    Key.allowedOrigins.path,
                    "expected origins such as https://app.example, in lower case, without user, path and *, found "
                        + "\"\(text)\"")
            }
        }
        var returnTo: [ReturnTargets.Place] = []
        for text in reader[Key.returnTo] {
            if let place = ReturnTargets.Place(text) {
                returnTo.append(place)
            } else {
                reader.refuse(
                    Key.returnTo.path,
                    "expected URLs such as https://app.example/start, without user, query and fragment, found "
                        + "\"\(text)\"")
            }
        }
        let socketPath = PublicListener.Options.socketPath(&reader)
        if !reader[Key.host].hasPrefix("unix:") { reader.requireHost(Key.host) }
        if socketPath != nil, let proxies, !proxies.trustsUnixSocket {
            reader.warn(
                Key.trustedProxies.path,
                "the peers of the Unix socket are not trusted, so the addresses of clients are unknown and limits by "
                    + "address do not apply; if a proxy connects to the socket, add \"unix\"")
        }
        self.init(
            issuer: reader[Configuration.Key.issuer], audience: reader[Configuration.Key.audience],
            host: reader.host(Key.host).text, port: reader[Key.port], socketPath: socketPath,
            maxBodyBytes: reader[Key.maxBodyBytes], trustedProxies: proxies ?? .none, tls: TLSCertificate(&reader),
            allowedOrigins: allowedOrigins, returnTo: returnTo, requiresProofNonce: reader[Key.requireProofNonce])
    }

    /// The path in `unix:PATH`; nil for TCP.
    private static func socketPath(_ reader: inout ConfigurationReader) -> String? {
        let host = reader[Key.host]
        guard host.hasPrefix("unix:") else { return nil }
        let path = String(host.dropFirst("unix:".count))
        reader.requirePath(path, Key.host)
        guard !path.isEmpty else {
            reader.refuse(Key.host.path, "expected unix:PATH, found no path")
            return nil
        }
        let absolute = reader.path(path)
        if !UnixSocketAddress.lengths.contains(absolute.utf8.count) {
            reader.refuse(
                Key.host.path,
                "expected a path of at most \(UnixSocketAddress.lengths.upperBound) bytes, found \(absolute)")
        }
        return absolute
    }
}
