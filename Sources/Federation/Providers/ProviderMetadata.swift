import StrictCoding

/// What a provider publishes about itself (OpenID Connect Discovery 1.0 §3), read strictly.
package struct ProviderMetadata: Sendable, Equatable {
    /// The longest URL of an endpoint, in bytes.
    private static let longestURL = 2048

    package let issuer: String
    package let authorizationEndpoint: String
    package let tokenEndpoint: String
    package let jwksURI: String
    package let userInfoEndpoint: String?
    /// The algorithms of ID tokens; nil if the provider does not say.
    package let algorithms: [String]?
    /// The methods of client authentication; nil if the provider does not say.
    package let authenticationMethods: [String]?
    /// Whether responses always have `iss` (RFC 9207 §3).
    package let namesIssuerInResponses: Bool

    /// Where the metadata of an issuer is. A slash at the end of the issuer's path is removed (§4).
    package static func url(of issuer: String) -> String {
        (issuer.utf8.last == UInt8(ascii: "/") ? String(issuer.dropLast()) : issuer)
            + "/.well-known/openid-configuration"
    }

    /// Why metadata cannot be used, as a clause for an operator.
    package struct Mistake: Error, CustomStringConvertible, Equatable {
        package let description: String
    }

    /// - Throws: ``Mistake``.
    package init(_ bytes: [UInt8], of provider: Provider) throws(Mistake) {
        guard let json = try? JSONReader.read(bytes), case .object = json else {
            throw Mistake(description: "the metadata is not a JSON object, or a member appears more than once")
        }
        guard let issuer = json["issuer"]?.string else { throw Mistake(description: "the metadata has no issuer") }
        guard provider.isIssuer(issuer) else {
            throw Mistake(
                description: "the configured issuer is \(provider.issuer), and the provider names itself "
                    + ProviderMetadata.shown(issuer))
        }
        func url(_ member: String) throws(Mistake) -> String? {
            switch json[member] {
            case nil, .null: return nil
            case .string(let text) where ProviderMetadata.isEndpoint(text, of: provider): return text
            default: throw Mistake(description: "\(member) of the metadata is not an https URL")
            }
        }
        func required(_ member: String) throws(Mistake) -> String {
            guard let text = try url(member) else { throw Mistake(description: "the metadata has no \(member)") }
            return text
        }
        func strings(_ member: String) throws(Mistake) -> [String]? {
            guard let value = json[member], value != .null else { return nil }
            guard let texts = value.strings else {
                throw Mistake(description: "\(member) of the metadata is not an array of strings")
            }
            return texts
        }
        self.issuer = issuer
        authorizationEndpoint = try required("authorization_endpoint")
        tokenEndpoint = try required("token_endpoint")
        jwksURI = try required("jwks_uri")
        userInfoEndpoint = try url("userinfo_endpoint")
        algorithms = try strings("id_token_signing_alg_values_supported")
        authenticationMethods = try strings("token_endpoint_auth_methods_supported")
        switch json["authorization_response_iss_parameter_supported"] {
        case nil, .null, .bool(false): namesIssuerInResponses = false
        case .bool(true): namesIssuerInResponses = true
        default:
            throw Mistake(
                description: "authorization_response_iss_parameter_supported of the metadata is not a boolean")
        }
    }

    /// Whether a text is an absolute URL without user and fragment, by https, or by http on loopback for a provider
    /// whose issuer is such a URL.
    private static func isEndpoint(_ text: String, of provider: Provider) -> Bool {
        guard text.utf8.count <= longestURL, let url = EndpointURL(text) else { return false }
        return url.isSecure || url.isLoopback && EndpointURL(provider.issuer)?.isSecure == false
    }

    /// A text as a message shows it.
    private static func shown(_ text: String) -> String {
        let isPlain = text.utf8.count <= 200 && text.utf8.allSatisfy { (0x21..<0x7F).contains($0) }
        return isPlain ? text : "by a text that is no URL"
    }
}
