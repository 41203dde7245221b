import StrictCoding

/// The three parts of a JSON Web Token in compact form (RFC 7515 §3.1), read strictly. Nothing is verified.
struct CompactJWS {
    /// The number of levels to which a header or claims may nest.
    private static let maximumDepth = 8

    /// The header: an object.
    let header: JSON
    /// The signature: at least one byte.
    let signature: [UInt8]
    /// The bytes that the signature signs.
    let signedBytes: ArraySlice<UInt8>
    private let payload: ArraySlice<UInt8>

    /// Returns nil for a text that exceeds the length in bytes, has not three parts, or is not strict base64url, and
    /// for a header that is not strict JSON.
    init?(_ text: String.UTF8View, maximumLength: Int) {
        guard text.count <= maximumLength else { return nil }
        let bytes = Array(text)
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = CompactJWS.object(parts[0]), let signature = Base64URL.decode(parts[2]),
            !signature.isEmpty
        else { return nil }
        self.header = header
        self.signature = signature
        payload = parts[1]
        signedBytes = bytes[..<parts[1].endIndex]
    }

    /// The claims; nil if they are not an object in strict JSON. Anyone can forge them until the signature is verified.
    var claims: JSON? { CompactJWS.object(payload) }

    private static func object(_ part: ArraySlice<UInt8>) -> JSON? {
        guard let bytes = Base64URL.decode(part), let json = try? JSONReader.read(bytes, maximumDepth: maximumDepth),
            case .object = json
        else { return nil }
        return json
    }
}
