import StrictCoding

extension AccessToken {
    /// Claims of a token by their names, which are compared byte for byte.
    ///
    /// An operator gives them to a subject, or a back-end to a session. They are read by type, and a claim of another
    /// type counts as absent:
    ///
    /// ```swift
    /// let token = try await verifier.verify(bearer)
    /// guard token.claims["roles"]?.strings?.contains("editor") == true else { throw HTTPError(.forbidden) }
    /// let tenant = token.claims["tenant"]?.string
    /// ```
    public struct Claims: Sendable, Equatable {
        private static let ownProperties = Set(
            [
                "iss", "sub", "aud", "client_id", "iat", "exp", "jti", "sid", "scope", "auth_time", "amr", "cnf",
            ].map(ExactText.init))

        private let members: JSONObject

        /// No claims.
        public init() { members = [:] }

        /// The members that ``AccessToken`` has no property for.
        init(othersOf members: JSONObject) {
            self.members = members.filter { !Claims.ownProperties.contains(ExactText($0.name)) }
        }

        /// The names of the claims, in the order of the token.
        public var names: [String] { members.map(\.name) }

        /// The claim of a name; nil if the token has none.
        public subscript(name: String) -> ClaimValue? { members[name].map { ClaimValue(json: $0) } }
    }
}
