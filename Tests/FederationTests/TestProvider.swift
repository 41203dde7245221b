import Crypto
import Federation
import Foundation
import StrictCoding
import TokenVerifier

/// A provider with one key, and tokens that it signs.
struct TestProvider {
    static let issuer = "https://op.example"
    static let now = 1_800_000_000

    let key = P256.Signing.PrivateKey()
    var provider: Provider = {
        guard let id = ProviderID("op") else { preconditionFailure("the id is valid") }
        return Provider(
            id: id, name: "OP", issuer: TestProvider.issuer, clientID: "heirloom",
            clientAuthentication: .basic(ProviderSecret("secret")), algorithms: [.es256])
    }()

    /// The JWK of the key, with further members such as `"kid":"k1"`.
    func jwk(_ members: String = #""alg":"ES256","use":"sig","kid":"k1""#) -> String {
        let point = key.publicKey.rawRepresentation
        let coordinates =
            #""x":"\#(Base64URL.encode(point.prefix(32)))","y":"\#(Base64URL.encode(point.suffix(32)))""#
        return #"{"kty":"EC","crv":"P-256",\#(coordinates)\#(members.isEmpty ? "" : ",")\#(members)}"#
    }

    /// A key set as JSON.
    func jwks(_ keys: String...) -> [UInt8] {
        Array(#"{"keys":[\#((keys.isEmpty ? [jwk()] : keys).joined(separator: ","))]}"#.utf8)
    }

    func keys(_ keys: String...) async throws -> VerificationKeys {
        let set = #"{"keys":[\#((keys.isEmpty ? [jwk()] : keys).joined(separator: ","))]}"#
        return try await VerificationKeys(foreign: Array(set.utf8), algorithms: ["ES256"])
    }

    /// Signs a token.
    func sign(_ claims: String, header: String = #"{"alg":"ES256","kid":"k1","typ":"JWT"}"#) throws -> String {
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        return input + "." + Base64URL.encode(try key.signature(for: Data(input.utf8)).rawRepresentation)
    }

    /// The metadata as JSON.
    static let metadata = #"""
        {"issuer":"https://op.example","authorization_endpoint":"https://op.example/authorize",\#
        "token_endpoint":"https://op.example/token","jwks_uri":"https://op.example/keys",\#
        "userinfo_endpoint":"https://op.example/userinfo","id_token_signing_alg_values_supported":["RS256","ES256"],\#
        "token_endpoint_auth_methods_supported":["client_secret_basic"]}
        """#
}

extension String {
    /// The text with a part replaced that must be there.
    func changing(_ old: String, to new: String) -> String {
        precondition(contains(old), "\(old) is not in \(self)")
        return replacingOccurrences(of: old, with: new)
    }
}
