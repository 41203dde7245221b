import StrictCoding

/// The response that the browser brings from a provider (OpenID Connect Core §3.1.2.5). Anyone may have written it.
package struct AuthorizationResponse: Sendable {
    /// The longest response, in bytes.
    package static let maximumLength = 4096
    /// The longest code, in bytes.
    static let longestCode = 2048
    /// Parameters that are read. All others are ignored; some providers add `scope`, `authuser` or `session_state`.
    private static let names = ["code", "state", "iss", "error"] + tokenNames
    /// Parameters of other flows, which were not asked for.
    private static let tokenNames = ["id_token", "access_token", "response"]
    /// Errors that mean that the person did not want to: RFC 6749 §4.1.2.1, and Apple's.
    private static let cancellations = ["access_denied", "user_cancelled_authorize"]

    private let values: [(name: String, value: String)]

    /// Reads the query of a GET or the form of a POST. Checks sizes and characters and nothing else.
    ///
    /// - Throws: ``FederationRefusal/responseMalformed``.
    package init(_ bytes: some Collection<UInt8>) throws(FederationRefusal) {
        guard bytes.count <= AuthorizationResponse.maximumLength else { throw .responseMalformed }
        var seen: Set<ExactText> = []
        var values: [(name: String, value: String)] = []
        for field in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = field.firstIndex(of: UInt8(ascii: "="))
            let rest = equals.map { field[field.index(after: $0)...] }
            guard let name = FormEncoding.decode(field[..<(equals ?? field.endIndex)]),
                seen.insert(ExactText(name)).inserted
            else { throw .responseMalformed }
            guard AuthorizationResponse.names.contains(where: name.isExactly) else { continue }
            // All that is read has visible ASCII characters only (RFC 6749 appendix A).
            guard let value = rest.map({ FormEncoding.decode($0) }) ?? "",
                value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
            else { throw .responseMalformed }
            // An empty parameter counts as absent (RFC 6749 §3.1).
            if !value.isEmpty { values.append((name, value)) }
        }
        guard (values.first { $0.name == "code" }?.value.utf8.count ?? 0) <= AuthorizationResponse.longestCode else {
            throw .responseMalformed
        }
        self.values = values
        // What is passed on is read again.
        guard query.utf8.count <= AuthorizationResponse.maximumLength else { throw .responseMalformed }
    }

    private subscript(name: String) -> String? { values.first { $0.name == name }?.value }

    var state: String? { self["state"] }

    /// The name of the cookie of the attempt that `state` names; nil if it names none.
    package var cookieName: String? { state.flatMap { Attempt.cookieName(of: $0) } }

    /// The parameters that are read, encoded as a query.
    package var query: String { FormEncoding.encode(values) }

    /// Returns the code, if the response is that of an attempt.
    ///
    /// - Parameters:
    ///   - metadata: returns the provider's metadata. Called only if the response does not name its issuer.
    /// - Throws: ``FederationRefusal``, or what `metadata` throws.
    func code(of provider: Provider, metadata: () async throws -> ProviderMetadata) async throws -> String {
        // Who answers is settled before what is answered, so that nobody else can end an attempt (RFC 9207 §2.4).
        if let issuer = self["iss"] {
            guard provider.isIssuer(issuer) else { throw FederationRefusal.responseIssuerWrong }
        } else if try await metadata().namesIssuerInResponses {
            throw FederationRefusal.responseIssuerMissing
        }
        guard AuthorizationResponse.tokenNames.allSatisfy({ self[$0] == nil }) else {
            throw FederationRefusal.responseUnexpected
        }
        if let error = self["error"] {
            throw AuthorizationResponse.cancellations.contains(error)
                ? FederationRefusal.cancelled : FederationRefusal.providerError
        }
        guard let code = self["code"] else { throw FederationRefusal.codeMissing }
        return code
    }
}
