import StrictCoding

/// A signing key ready for use: its header is encoded once.
package struct SigningKey: Sendable {
    package let id: String
    package let algorithm: SigningAlgorithm
    let key: PrivateKey
    /// `base64url(header) + "."`: `typ`, `alg` and `kid`, nothing else (RFC 9068 §2.1).
    let encodedHeader: [UInt8]
    package let publicJWK: [UInt8]

    init(_ key: PrivateKey, id: String, algorithm: SigningAlgorithm) {
        self.key = key
        self.id = id
        self.algorithm = algorithm
        publicJWK = key.publicJWK(id: id, algorithm: algorithm)
        let header = JSONWriter.object { json in
            json.member("typ", "at+jwt")
            json.member("alg", algorithm.rawValue)
            json.member("kid", id)
        }
        var encoded: [UInt8] = []
        Base64URL.encode(header, into: &encoded)
        encoded.append(UInt8(ascii: "."))
        encodedHeader = encoded
    }
}
