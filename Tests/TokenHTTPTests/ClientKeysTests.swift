import CryptoExtras
import StrictCoding
import Testing
import TokenHTTP

struct ClientKeysTests {
    static let point =
        #""x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0""#
    static let ec = #"{"kty":"EC","crv":"P-256",\#(point)}"#

    /// A modulus of 2048 bits that the generator of CVE-2017-15361 would make.
    static let rocaModulus = [
        "6zmnSc8C3UvUk0D73H5Z-HcdF1JVVTzVhlwTKvAvVo13Ils3sZ5g1C8DICMt-LvOMR22RExh9ZCiNYSOy4ttSzLeTh",
        "hugOK0Uj5U7XgheidUEmcbItHC2bSBAs7cp1cmyOe7XjgnKg5DxCF89myODRgGT2YbcOPkpJDbVonqR_Ymo2dTy4Oc",
        "AKQB0tXrDFHodK88-Ms2r700fZa-gfKQrfyyLZM2MkzHCT4gYujhHKu28Ulo-cE0P-PIteffXwFmVhgtaIw2uZR_Kr",
        "_8XbqbVMWs3WQChvwXw1GvNiwTtYIcWp5jNQ7YO21QtDeegiyfRACA6__ce90bIxfy3hUWlw",
    ].joined()

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

    @Test func `an RSA key whose modulus is known to be weak is refused`() async throws {
        let modulus = Array(
            try _RSA.Signing.PrivateKey(keySize: .bits2048).publicKey.getKeyPrimitives().modulus)
        func key(_ modulus: [UInt8]) -> String {
            #"{"kty":"RSA","n":"\#(Base64URL.encode(modulus))","e":"AQAB"}"#
        }
        _ = try await jwks(key(modulus))
        let roca = try #require(Base64URL.decode(Self.rocaModulus.utf8))
        let even = modulus.dropLast() + [modulus[255] & 0xFE]
        // 256 leaves the remainder 1, so that a number is a multiple of three when the sum of its bytes is.
        let multipleOfThree = (0..<3).map { modulus.dropLast(2) + [modulus[254] & 0xFC | $0, modulus[255]] }
            .filter { $0.reduce(0) { ($0 + Int($1)) % 3 } == 0 }
        for weak in [roca, Array(even)] + multipleOfThree.map({ Array($0) }) {
            for alg in ["", #","alg":"PS256""#] {
                let text = key(weak).replacing(#","e""#, with: alg + #","e""#)
                await #expect {
                    try await jwks(text)
                } throws: {
                    "\($0)".contains("weak")
                }
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
