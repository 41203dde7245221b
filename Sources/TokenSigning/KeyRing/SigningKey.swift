import StrictCoding
package import TokenCore

/// A signing key ready for use: its header is encoded once.
package struct SigningKey: Sendable {
    package let id: SigningKeyID
    package let algorithm: SigningAlgorithm
    let key: PrivateKey
    /// `base64url(header) + "."`: `typ`, `alg` and `kid`, nothing else (RFC 9068 §2.1).
    private let encodedHeader: [UInt8]
    package let publicJWK: [UInt8]

    init(_ key: PrivateKey, id: SigningKeyID, algorithm: SigningAlgorithm) {
        self.key = key
        self.id = id
        self.algorithm = algorithm
        publicJWK = key.publicJWK(id: id, algorithm: algorithm)
        encodedHeader = SigningKey.header("at+jwt", id: id, algorithm: algorithm)
    }

    /// A JWT of another type.
    func sign(_ claims: [UInt8], type: String) throws -> String {
        try sign(claims, under: SigningKey.header(type, id: id, algorithm: algorithm))
    }

    /// An access token.
    func sign(_ claims: [UInt8]) throws -> String { try sign(claims, under: encodedHeader) }

    private func sign(_ claims: [UInt8], under header: [UInt8]) throws -> String {
        var token = header
        token.reserveCapacity(1024)
        Base64URL.encode(claims, into: &token)
        let signature = try key.sign(token)
        token.append(UInt8(ascii: "."))
        Base64URL.encode(Array(signature), into: &token)
        return String(decoding: token, as: UTF8.self)
    }

    private static func header(_ type: String, id: SigningKeyID, algorithm: SigningAlgorithm) -> [UInt8] {
        let header = JSONWriter.object { json in
            json.member("typ", type)
            json.member("alg", algorithm.rawValue)
            json.member("kid", id.value)
        }
        var encoded: [UInt8] = []
        Base64URL.encode(header, into: &encoded)
        encoded.append(UInt8(ascii: "."))
        return encoded
    }
}
