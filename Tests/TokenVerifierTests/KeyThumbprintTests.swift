import StrictCoding
import Testing
import TokenVerifier

struct KeyThumbprintTests {
    /// The key of RFC 7638 §3.1.
    static let rsa = [
        #"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6"#,
        "tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY",
        "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRw",
        #"r3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#,
    ].joined()

    static let ec = [
        #"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","#,
        #""y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#,
    ].joined()

    @Test(arguments: [
        (rsa, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
        // RFC 8037 §A.3.
        (
            #"{"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","crv":"Ed25519","kty":"OKP"}"#,
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        ),
        // RFC 9449 §4.2 and §6.1.
        (ec, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"),
    ])
    func `a key has the thumbprint of the RFCs`(jwk: String, expected: String) throws {
        let thumbprint = try PublicJWK(JSONReader.read(Array(jwk.utf8))).thumbprint
        #expect(thumbprint.text == expected && KeyThumbprint(expected) == thumbprint)
    }

    @Test(arguments: [
        "", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I=",
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4J", "0ZcOCORZNYy+DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
        "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4II",
    ])
    func `a text that is not the base64url of 32 bytes is refused`(text: String) { #expect(KeyThumbprint(text) == nil) }

    @Test func `thumbprints that differ in one bit are not equal`() throws {
        let bytes = [UInt8](repeating: 7, count: 32)
        for index in 0..<32 {
            var other = bytes
            other[index] ^= 1
            #expect(try #require(KeyThumbprint(bytes: bytes)) != #require(KeyThumbprint(bytes: other)))
        }
        #expect(KeyThumbprint(bytes: [UInt8](repeating: 7, count: 31)) == nil)
    }
}
