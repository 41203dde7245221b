import CryptoExtras
import StrictCoding
import Testing
import TokenHTTP

struct ClientKeysTests {
    static let point =
        #""x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#
    static let ec = #"{"kty":"EC","crv":"P-256",\#(point)}"#

    private func jwks(_ text: String) async throws -> String { try await ClientKeys(text: Array(text.utf8)).jwks }

    @Test func `a key gets its algorithm and its thumbprint`() async throws {
        let thumbprint = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
        let key = #"{"crv":"P-256","kty":"EC",\#(Self.point),"alg":"ES256","kid":"\#(thumbprint)","use":"sig"}"#
        #expect(try await jwks(Self.ec) == #"{"keys":[\#(key)]}"#)
        // The thumbprint of RFC 8037 §A.3.
        let ed = #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
        #expect(try await jwks(ed).contains(#""alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k""#))
    }

    @Test func `the canonical form is read unchanged`() async throws {
        let once = try await jwks(
            #"{"keys":[\#(Self.ec),{"kty":"EC","crv":"P-256",\#(Self.point),"kid":"b","x5c":["…"]}]}"#)
        #expect(try await jwks(once) == once)
    }

    @Test func `an RSA key is for one algorithm`() async throws {
        let numbers = try _RSA.Signing.PrivateKey(keySize: .bits2048).publicKey.getKeyPrimitives()
        let n = Base64URL.encode(numbers.modulus), e = Base64URL.encode(numbers.publicExponent)
        #expect(try await jwks(#"{"kty":"RSA","n":"\#(n)","e":"\#(e)"}"#).contains(#""alg":"RS256""#))
        #expect(try await jwks(#"{"kty":"RSA","n":"\#(n)","e":"\#(e)","alg":"PS256"}"#).contains(#""alg":"PS256""#))
        for algorithm in ["HS256", "RS1", "ES256", "none"] {
            await #expect(throws: ClientKeys.Mistake.self) {
                try await jwks(#"{"kty":"RSA","n":"\#(n)","e":"\#(e)","alg":"\#(algorithm)"}"#)
            }
        }
    }

    @Test(arguments: [
        "", "[]", "{}", "null", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[1]}"#, #"{"keys":[{}]}"#,
        #"{"kty":"oct","k":"c2VjcmV0"}"#, #"{"kty":"EC","crv":"P-384",\#(point)}"#,
        #"{"kty":"EC","crv":"secp256k1",\#(point)}"#,
        #"{"kty":"EC","crv":"P-256",\#(point),"d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}"#,
        #"{"kty":"EC","crv":"P-256",\#(point),"use":"enc"}"#, #"{"kty":"EC","crv":"P-256",\#(point),"alg":"none"}"#,
        #"{"kty":"EC","crv":"P-256",\#(point),"alg":1}"#, #"{"kty":"EC","crv":"P-256",\#(point),"kid":1}"#,
        #"{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"}"#, #"{"kty":"EC","crv":"P-256","x":"AAAA"}"#,
        #"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#, #"{"keys":[\#(ec),\#(ec)]}"#,
        #"{"kty":"EC","kty":"EC","crv":"P-256",\#(point)}"#,
    ])
    func `a key that cannot be used is refused`(text: String) async {
        await #expect(throws: ClientKeys.Mistake.self) { try await jwks(text) }
    }
}
