import StrictCoding

extension AccessToken {
    /// Reads the claims that RFC 9068 §2.2 requires.
    ///
    /// - Returns: nil if a claim is missing or has the wrong type, if `cnf` has no `jkt`, or if a token without `sid`
    ///   is not a client's own: its `sub` must be `client:` and the client's name. A token with `sid` must not have
    ///   that subject. A `scope` must have only the characters of RFC 6749 §3.3.
    init?(claims: JSON) {
        // A confirmation method that is not understood must not be ignored (RFC 7800 §3.1).
        let key = claims["cnf"]?["jkt"]?.string.flatMap { KeyThumbprint($0) }
        func time(_ name: String) -> Int? {
            // The limit admits any real date and keeps sums within Int.
            guard let value = claims[name]?.integer, (0..<(1 << 52)).contains(value) else { return nil }
            return value
        }
        guard case .object(let members) = claims, let issuer = claims["iss"]?.string,
            let subject = claims["sub"]?.string,
            let audience = claims["aud"]?.strings ?? claims["aud"]?.string.map({ [$0] }),
            let clientID = claims["client_id"]?.string, let issuedAt = time("iat"), let expiresAt = time("exp"),
            let id = claims["jti"]?.string, claims["sid"] == nil || claims["sid"]?.string != nil,
            (claims["sid"] == nil) == subject.isExactly("client:" + clientID),
            claims["scope"] == nil || claims["scope"]?.string.map(AccessToken.isScope) == true,
            claims["auth_time"] == nil || time("auth_time") != nil,
            claims["amr"] == nil || claims["amr"]?.strings != nil, claims["cnf"] == nil || key != nil
        else { return nil }
        self.init(
            issuer: issuer, subject: subject, audience: audience, clientID: clientID, issuedAt: issuedAt,
            expiresAt: expiresAt, id: id, sessionID: claims["sid"]?.string,
            scope: Set(
                (claims["scope"]?.string ?? "").utf8.split(separator: UInt8(ascii: " ")).map {
                    String(decoding: $0, as: UTF8.self)
                }),
            authenticatedAt: time("auth_time"), authenticationMethods: claims["amr"]?.strings ?? [],
            key: key, claims: Claims(othersOf: members))
    }

    private static func isScope(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
    }

    /// When the session was opened, in Unix milliseconds: the first 48 bits of its id, a UUIDv7 (RFC 9562 §5.7). For a
    /// client's own token and for an id of another form, when the token was issued.
    var openedAtMilliseconds: Int {
        let digits = sessionID.map { $0.utf8.prefix(13).filter { $0 != UInt8(ascii: "-") } } ?? []
        return Int(String(decoding: digits, as: UTF8.self), radix: 16) ?? issuedAt * 1000
    }
}
