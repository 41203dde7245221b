import HTTPTypes

extension Request {
    /// The credentials of an `Authorization` header of one scheme; nil for none, and for another scheme. The scheme is
    /// accepted in any case (RFC 9110 §11.1).
    ///
    /// - Parameter scheme: in lower case.
    /// - Throws: ``AuthenticationFailure/repeatedAuthorization``.
    func authorization(_ scheme: String) throws(AuthenticationFailure) -> String? {
        let values = headers[values: .authorization]
        guard values.count <= 1 else { throw .repeatedAuthorization }
        guard let value = values.first?.utf8, let space = value.firstIndex(of: UInt8(ascii: " ")),
            value[..<space].isWord(scheme)
        else { return nil }
        return String(Substring(value[space...].trimmingSpaces()))
    }

    /// The token of `Authorization: Bearer`. A token in the query is not read (RFC 9700 §2.6).
    ///
    /// - Throws: ``AuthenticationFailure/repeatedAuthorization``.
    func bearerToken() throws(AuthenticationFailure) -> String? { try authorization("bearer") }

    /// The token of `Authorization: Bearer` or `Authorization: DPoP` (RFC 9449 §7.1).
    ///
    /// - Throws: ``AuthenticationFailure/repeatedAuthorization``.
    func accessCredential() throws(AuthenticationFailure) -> AccessCredential? {
        if let token = try bearerToken() { return AccessCredential(token: token, scheme: .bearer) }
        return try authorization("dpop").map { AccessCredential(token: $0, scheme: .dpop) }
    }
}
