import TokenHTTP

extension AdminListener.Options {
    enum Key {
        static let host = ConfigurationKey(
            "admin.host", .string, default: "127.0.0.1",
            meaning: "The name or the address of the [admin listener](admin-api.md). Empty: there is none.")
        static let port = ConfigurationKey(
            "admin.port", .integer(in: 0...65535), default: 8081,
            meaning: "The port of the admin listener, another one than `http.port`. 0: any free one.")
    }

    /// Nil when the host is empty: there is no admin listener.
    init?(_ reader: inout ConfigurationReader) {
        let (host, port) = (reader.host(Key.host), reader[Key.port])
        if host.text.isEmpty { return nil }
        reader.requireHost(Key.host)
        typealias Public = PublicListener.Options.Key
        // A Unix socket has no port.
        let hasSocket = reader[Public.host].hasPrefix("unix:")
        if !hasSocket, port != 0, port == reader[Public.port], host.overlaps(reader.host(Public.host)) {
            // The default of the other one may be meant.
            let isOwn = reader.isFromFile(Key.port) || !reader.isFromFile(Public.port)
            let (key, other) = isOwn ? (Key.port, Public.port) : (Public.port, Key.port)
            reader.refuse(key.path, "expected another port than \(other.path), \(port)")
        }
        if !LoopbackHost.contains(host.text) {
            reader.warn(
                Key.host.path,
                "other machines reach \(host.text), and the admin token crosses the network in the clear; keep it "
                    + "within a private network, or put a proxy with TLS in front")
        }
        self.init(
            host: host.text, port: port, maxBodyBytes: reader[Public.maxBodyBytes],
            issuer: reader[Configuration.Key.issuer])
    }
}
