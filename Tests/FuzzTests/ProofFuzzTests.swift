import Crypto
import Foundation
import StrictCoding
import Testing
import TokenTesting
import TokenVerifier

struct ProofFuzzTests {
    static let now = 1_800_000_000
    static let claims = #"{"jti":"1","htm":"POST","htu":"https://id.example/v1/refresh","iat":1800000000}"#
    let key: Curve25519.Signing.PrivateKey
    let jwk: String
    let thumbprint: KeyThumbprint
    let request: ProofRequest

    init() throws {
        key = try Curve25519.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 7, count: 32))
        jwk = #"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64URL.encode(key.publicKey.rawRepresentation))"}"#
        thumbprint = try #require(KeyThumbprint(bytes: Array(SHA256.hash(data: Data(jwk.utf8)))))
        request = ProofRequest(method: "POST", uri: try #require(ProofURI("https://id.example/v1/refresh")))
    }

    private var header: String { #"{"typ":"dpop+jwt","alg":"EdDSA","jwk":\#(jwk)}"# }

    private func sign(_ header: some Sequence<UInt8>, _ claims: some Sequence<UInt8>) throws -> String {
        let input = Base64URL.encode(header) + "." + Base64URL.encode(claims)
        return input + "." + Base64URL.encode(try key.signature(for: Data(input.utf8)))
    }

    /// Ed25519 signatures have one spelling (RFC 8032 §5.1.7), and so does the base64url of each part.
    @Test func `no change of a proof is accepted`() throws {
        let proof = try sign(header.utf8, Self.claims.utf8)
        for input in Fuzzer(corpus: [Array(proof.utf8)]) {
            let text = String(decoding: input, as: UTF8.self)
            guard let accepted = try? ProofGate().verify([text], for: request, at: Self.now) else { continue }
            #expect(text.isExactly(proof) || accepted.key != thumbprint, "\(Fuzzer.escape(input))")
        }
    }

    @Test func `a signed header is accepted only as documented`() throws {
        let entries = try Fuzzer("proof-header").map { String(decoding: $0, as: UTF8.self) }
        for entry in entries {
            let input = Array(entry.replacingOccurrences(of: "JWK", with: jwk).utf8)
            let proof = try sign(input, Self.claims.utf8)
            guard let accepted = try? ProofGate().verify([proof], for: request, at: Self.now) else { continue }
            let header = try JSONReader.read(input)
            let isDocumented =
                header["typ"] == .string("dpop+jwt") && header["crit"] == nil && header["jwk"]?["d"] == nil
                && (header["alg"] == .string("EdDSA") || header["alg"] == .string("Ed25519"))
                && accepted.key == thumbprint
            #expect(isDocumented, "\(Fuzzer.escape(input))")
        }
    }

    @Test(arguments: [0, now, 1 << 52])
    func `accepted claims are within their bounds`(now: Int) throws {
        for input in try Fuzzer("proof-claims") {
            let proof = try sign(header.utf8, input)
            guard let accepted = try? ProofGate().verify([proof], for: request, at: now) else { continue }
            let claims = try JSONReader.read(input)
            let isWithin =
                abs(accepted.issuedAt - now) <= 60 && (1...256).contains(accepted.id.utf8.count)
                && claims["htm"] == .string("POST") && proof.utf8.count <= 4096
                && (now + 1...now + 121).contains(accepted.refusedFrom)
            #expect(isWithin, "\(Fuzzer.escape(input))")
        }
    }

    @Test func `a URI that is normalized stays as it is, and names the same host`() throws {
        for input in try Fuzzer("uri") {
            let text = String(decoding: input, as: UTF8.self)
            guard let uri = ProofURI(text) else { continue }
            let normalized = String(decoding: uri.bytes, as: UTF8.self)
            #expect(ProofURI(normalized) == uri, "\(Fuzzer.escape(input))")
            #expect(uri.bytes.allSatisfy { (0x21...0x7E).contains($0) }, "\(Fuzzer.escape(input))")
            let rest = uri.bytes.drop { $0 != UInt8(ascii: ":") }.dropFirst(3)
            let host = rest.prefix { $0 != UInt8(ascii: "/") }
            #expect(!host.isEmpty && host.count < rest.count, "\(Fuzzer.escape(input))")
            #expect(!host.contains { "@?#\\".utf8.contains($0) }, "\(Fuzzer.escape(input))")
        }
    }
}
