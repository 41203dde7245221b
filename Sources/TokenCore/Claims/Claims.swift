package import StrictCoding

/// Claims that an operator gives to a subject, or a trusted back-end to a session. They stand at the top level of the
/// access tokens (docs/claims.md). There is at least one: no claims are nil.
package struct Claims: Sendable, Equatable {
    /// The most bytes of ``json``.
    package static let maximumLength = 2048
    /// The most levels of objects and arrays, the claims themselves included.
    package static let maximumDepth = 4

    package let members: JSONObject

    /// Why claims are refused.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case notAnObject(String)
        case reserved(String)
        case tooDeep
        case tooLong

        package var description: String {
            switch self {
            case .notAnObject(let kind): "the claims are \(kind); expected a JSON object"
            case .reserved(let name): "the name \"\(name)\" is reserved"
            case .tooDeep: "the claims nest deeper than \(Claims.maximumDepth) levels"
            case .tooLong: "the claims are longer than \(Claims.maximumLength) bytes of compact JSON"
            }
        }
    }

    /// Claims from outside; nil for an empty object.
    package static func checking(_ value: JSON) throws(Failure) -> Claims? {
        guard case .object(let members) = value else { throw .notAnObject(value.kind) }
        for member in members where reserved.contains(ExactText(member.name)) { throw .reserved(member.name) }
        guard value.depth <= maximumDepth else { throw .tooDeep }
        let claims = Claims(members)
        guard claims.map({ $0.json.count <= maximumLength }) ?? true else { throw .tooLong }
        return claims
    }

    /// Claims that this program has stored; nil for any other text.
    package init?(stored text: String) {
        guard case .object(let members)? = try? JSONReader.read(Array(text.utf8)) else { return nil }
        self.init(members)
    }

    private init?(_ members: JSONObject) {
        guard !members.isEmpty else { return nil }
        self.members = members
    }

    /// The claims as compact JSON.
    package var json: [UInt8] { JSONWriter.object { $0.members(self.members) } }

    /// ``json`` as text.
    package var text: String { String(decoding: json, as: UTF8.self) }

    /// The claims of `first`, and those of `second` that `first` does not name.
    static func merging(_ first: Claims?, _ second: Claims?) -> Claims? {
        guard let first, let second else { return first ?? second }
        var members = first.members
        // Appends nothing if there is a member of this name.
        for member in second.members { _ = members.append(member.name, member.value) }
        return Claims(members)
    }

    /// Names with a meaning in a token, in an answer to an introspection or in a security event (RFC 7519 §4.1,
    /// RFC 7662 §2.2, RFC 8417 §2.2, RFC 8693 §4, RFC 9068 §2.2).
    private static let reserved = Set(
        [
            "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "client_id", "scope", "sid", "auth_time", "acr", "amr",
            "cnf", "act", "may_act", "active", "username", "token_type", "azp", "nonce", "at_hash", "events", "txn",
            "toe", "sub_id",
        ].map(ExactText.init))
}
