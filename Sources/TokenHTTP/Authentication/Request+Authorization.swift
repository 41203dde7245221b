import HTTPTypes
import Hummingbird

extension Request {
    /// The value of the `Authorization` header; nil when there is none.
    ///
    /// - Throws: ``AuthenticationFailure/repeatedAuthorization``.
    func authorization() throws(AuthenticationFailure) -> String? {
        let values = headers[values: .authorization]
        guard values.count <= 1 else { throw .repeatedAuthorization }
        return values.first
    }

    /// The token of `Authorization: Bearer`; nil for another scheme. The scheme is accepted in any case (RFC 9110
    /// §11.1). A token in the query is not read (RFC 9700 §2.6).
    ///
    /// - Throws: ``AuthenticationFailure/repeatedAuthorization``.
    func bearerToken() throws(AuthenticationFailure) -> String? {
        guard let value = try authorization() else { return nil }
        // The usual spelling, without the cost of the general case.
        if value.utf8.starts(with: "Bearer ".utf8) { return String(value.dropFirst(7).trimmingSpaces()) }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].trimmingSpaces())
    }
}
