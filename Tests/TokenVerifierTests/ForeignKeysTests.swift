import Crypto
import CryptoExtras
import Foundation
import StrictCoding
import Testing
import TokenVerifier

/// Key sets of other issuers: keys without `alg`, without `kid`, and keys that cannot be used.
struct ForeignKeysTests {
    let ec = P256.Signing.PrivateKey()
    let ed = Curve25519.Signing.PrivateKey()
    static let rsa = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    private func ecKey(_ members: String = "") -> String {
        let point = ec.publicKey.rawRepresentation
        return #"{"kty":"EC","crv":"P-256","x":"\#(Base64URL.encode(point.prefix(32)))","#
            + #""y":"\#(Base64URL.encode(point.suffix(32)))"\#(members)}"#
    }

    private func edKey(_ members: String = "") -> String {
        #"{"kty":"OKP","crv":"Ed25519","x":"\#(Base64URL.encode(ed.publicKey.rawRepresentation))"\#(members)}"#
    }

    private func rsaKey(_ members: String = "") throws -> String {
        let numbers = try Self.rsa.get().publicKey.getKeyPrimitives()
        return #"{"kty":"RSA","n":"\#(Base64URL.encode(numbers.modulus))","#
            + #""e":"\#(Base64URL.encode(numbers.publicExponent))"\#(members)}"#
    }

    private func keys(_ keys: [String], _ algorithms: [String]) async throws -> VerificationKeys {
        try await VerificationKeys(
            foreign: Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8), algorithms: algorithms)
    }

    private func token(_ algorithm: String, kid: String? = "k1") throws -> String {
        let id = kid.map { #","kid":"\#($0)""# } ?? ""
        let input = Base64URL.encode(#"{"alg":"\#(algorithm)"\#(id)}"#.utf8) + "." + Base64URL.encode("{}".utf8)
        let data = Data(input.utf8)
        let signature =
            switch algorithm {
            case "ES256": try ec.signature(for: data).rawRepresentation
            case "EdDSA": try ed.signature(for: data)
            case "RS384":
                try Self.rsa.get().signature(for: SHA384.hash(data: data), padding: .insecurePKCS1v1_5)
                    .rawRepresentation
            case "RS512":
                try Self.rsa.get().signature(for: SHA512.hash(data: data), padding: .insecurePKCS1v1_5)
                    .rawRepresentation
            case "PS256": try Self.rsa.get().signature(for: SHA256.hash(data: data), padding: .PSS).rawRepresentation
            default:
                try Self.rsa.get().signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5)
                    .rawRepresentation
            }
        return input + "." + Base64URL.encode(signature)
    }

    private func refusal(_ token: String, _ keys: VerificationKeys, _ algorithms: [String]) -> TokenRefusal? {
        let jws = StrictJWS(types: [nil], algorithms: Set(algorithms), mayLackKeyID: true)
        do {
            _ = try jws.verify(token, keys: keys)
            return nil
        } catch { return error }
    }

    @Test(arguments: ["RS256", "RS384", "RS512", "PS256", "ES256", "EdDSA"])
    func `a key without alg is for the algorithm of its type`(algorithm: String) async throws {
        let set = try await keys(
            [ecKey(#","kid":"k1""#), edKey(#","kid":"k1""#), rsaKey(#","kid":"k1""#)], [algorithm])
        #expect(refusal(try token(algorithm), set, [algorithm]) == nil)
        #expect(refusal(try token(algorithm, kid: nil), set, [algorithm]) == nil)
    }

    @Test func `a key without alg may be for several algorithms, one with alg for its own alone`() async throws {
        let both = ["RS256", "PS256"]
        let open = try await keys([rsaKey(#","kid":"k1""#)], both)
        let pinned = try await keys([rsaKey(#","kid":"k1","alg":"PS256""#)], both)
        for algorithm in both { #expect(refusal(try token(algorithm), open, both) == nil) }
        #expect(refusal(try token("PS256"), pinned, both) == nil)
        #expect(refusal(try token("RS256"), pinned, both) == .wrongAlgorithm)
    }

    @Test func `an algorithm that the issuer may not use has no key`() async throws {
        let set = try await keys([rsaKey(#","kid":"k1","alg":"RS512""#), ecKey(#","kid":"k1""#)], ["RS256"])
        #expect(set.count == 0)
    }

    @Test func `a key without kid is found only as the one of its algorithm`() async throws {
        let one = try await keys([ecKey(), rsaKey(#","kid":"k1""#)], ["ES256", "RS256"])
        #expect(refusal(try token("ES256", kid: nil), one, ["ES256"]) == nil)
        #expect(refusal(try token("ES256", kid: "k2"), one, ["ES256"]) == .unknownKey)
        #expect(refusal(try token("ES256"), one, ["ES256"]) == .wrongAlgorithm)
        let two = try await keys([ecKey(), ecKey(#","kid":"k2""#)], ["ES256"])
        #expect(refusal(try token("ES256", kid: nil), two, ["ES256"]) == .unknownKey)
    }

    /// As Microsoft publishes them: `x5c`, no `alg`, and keys of types that are unknown here.
    @Test func `what cannot be used is passed over`() async throws {
        let chain = String(repeating: "A", count: 4000)
        let odd = [
            "7", "null", "{}", #"{"kty":"oct","k":"AAAA","kid":"k1"}"#, #"{"kty":"EC","crv":"P-521","kid":"k1"}"#,
            #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"k1"}"#, ecKey(#","kid":"k1","use":"enc""#),
            ecKey(#","kid":7"#), ecKey(#","kid":"k1","alg":"none""#), ecKey(#","kid":"k1","alg":7"#),
            ecKey(#","kid":"k1","key_ops":["sign"]"#), ecKey(#","kid":"k1","key_ops":"verify""#),
        ]
        let good = ecKey(#","kid":"k1","x5c":["\#(chain)"],"use":"sig","key_ops":["verify"]"#)
        #expect(refusal(try token("ES256"), try await keys(odd + [good], ["ES256"]), ["ES256"]) == nil)
        #expect(try await keys(odd, ["ES256"]).count == 0)
    }

    @Test(arguments: ["", "{}", "[]", #"{"keys":{}}"#, #"{"keys":[],"keys":[]}"#])
    func `text that is not a key set is refused`(text: String) async {
        await #expect(throws: VerificationKeys.Malformed.self) {
            try await VerificationKeys(foreign: Array(text.utf8), algorithms: ["ES256"])
        }
    }

    @Test func `a set of any size costs at most 100 keys`() async throws {
        let many = (0..<150).map { ecKey(#","kid":"k\#($0)""#) }
        #expect(try await keys(many, ["ES256"]).count == 100)
    }
}
