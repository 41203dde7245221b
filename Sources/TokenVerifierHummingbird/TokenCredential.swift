/// The access token of a request, with its scheme (RFC 6750 §2.1, RFC 9449 §7.1). The header is read as bytes: no
/// separator has an equivalent.
package struct TokenCredential {
    /// How the token is presented.
    package enum Scheme: String, Sendable {
        /// Alone.
        case bearer
        /// With a proof that the caller has the key to which the token is bound.
        case dpop
    }

    /// The scheme.
    package let scheme: Scheme
    /// The token, which is ASCII. Not checked yet.
    package let token: String

    /// Reads the values of `Authorization`.
    ///
    /// - Throws: ``BearerChallenge/missing`` without a value and for another scheme, ``BearerChallenge/invalidRequest``
    ///   for more than one value and for a byte outside ASCII, ``BearerChallenge/invalidToken`` for no token.
    package init(_ values: [String]) throws(BearerChallenge) {
        guard let value = values.first?.utf8 else { throw .missing }
        guard values.count == 1, value.allSatisfy({ $0 < 0x80 }) else { throw .invalidRequest }
        let space = UInt8(ascii: " ")
        let name = value.prefix { $0 != space }
        // Letters differ from their capitals in one bit.
        guard let scheme = Scheme(rawValue: String(decoding: name.map { $0 | 0x20 }, as: UTF8.self)) else {
            throw .missing
        }
        // RFC 9110 §11.4 allows several spaces.
        let token = value[name.endIndex...].drop { $0 == space }
        guard !token.isEmpty else { throw .invalidToken }
        self.scheme = scheme
        self.token = String(decoding: token, as: UTF8.self)
    }
}
