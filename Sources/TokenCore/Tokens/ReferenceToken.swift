package import StrictCoding

/// An opaque access token. It names its session and carries its own expiry, but only this service can read it. It has
/// no row; its MAC authenticates it.
///
/// On the wire: `ha1_` + base64url of session id (16; zeros for a client that acts for itself), times of issue and
/// expiry (8 each), id (16), the length of the client's name (1; 128 is added for a token that is bound to a key), the
/// thumbprint of that key (32), the client's name, the scope, and a MAC (32) over all before it.
package struct ReferenceToken: Sendable, Equatable {
    package static let prefix = "ha1_"
    /// The most characters that a token has.
    package static let maximumLength = 2048

    /// Nil for a client that acts for itself.
    package let session: SessionID?
    package let client: ClientID
    package let scope: Scope
    /// The key that the token is bound to; nil for none.
    package let key: KeyThumbprint?
    /// Unix seconds.
    package let issuedAt: Int
    /// Unix seconds.
    package let expiresAt: Int
    /// The id of this token.
    package let id: String

    private static let idLength = 16
    private static let fixedLength = 16 + 8 + 8 + idLength + 1
    private static let keyLength = 32
    /// A client's name is shorter than this.
    private static let boundMark: UInt8 = 128

    package init(
        session: SessionID?, client: ClientID, scope: Scope, key: KeyThumbprint? = nil, issuedAt: Int, expiresAt: Int,
        id: RandomBytes<16>
    ) {
        self.session = session
        self.client = client
        self.scope = scope
        self.key = key
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.id = Base64URL.encode(id.bytes)
    }

    /// Reads what ``bytes`` wrote.
    init?(bytes: [UInt8]) {
        func integer(at start: Int) -> Int { bytes[start..<start + 8].reduce(0) { $0 << 8 | Int($1) } }
        guard bytes.count >= ReferenceToken.fixedLength, let uuid = UUIDv7(bytes: Array(bytes[..<16])) else {
            return nil
        }
        let mark = bytes[ReferenceToken.fixedLength - 1]
        let isBound = mark >= ReferenceToken.boundMark
        let clientStart = ReferenceToken.fixedLength + (isBound ? ReferenceToken.keyLength : 0)
        let clientEnd = clientStart + Int(mark % ReferenceToken.boundMark)
        guard clientEnd <= bytes.count,
            let scope = Scope(String(decoding: bytes[clientEnd...], as: UTF8.self))
        else { return nil }
        session = uuid == ReferenceToken.noSession ? nil : SessionID(uuid)
        issuedAt = integer(at: 16)
        expiresAt = integer(at: 24)
        id = Base64URL.encode(bytes[32..<48])
        client = ClientID(String(decoding: bytes[clientStart..<clientEnd], as: UTF8.self))
        key = isBound ? KeyThumbprint(bytes: bytes[ReferenceToken.fixedLength..<clientStart]) : nil
        self.scope = scope
    }

    private static let noSession = UUIDv7(high: 0, low: 0)

    var bytes: [UInt8] {
        var bytes = (session?.uuid ?? ReferenceToken.noSession).bytes
        withUnsafeBytes(of: (UInt64(issuedAt).bigEndian, UInt64(expiresAt).bigEndian)) {
            bytes.append(contentsOf: $0)
        }
        bytes += Base64URL.decode(id.utf8) ?? []
        bytes.append(UInt8(client.value.utf8.count) | (key == nil ? 0 : ReferenceToken.boundMark))
        bytes += key?.bytes ?? []
        bytes += Array(client.value.utf8)
        bytes += Array(scope.description.utf8)
        return bytes
    }
}
