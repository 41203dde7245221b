import Crypto
import Foundation
import HeirloomClient
import StrictCoding
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

struct ProofTests {
    @Test func `a proof is signed by the key that it names`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        var request = URLRequest(url: try #require(URL(string: "https://user:pw@api.example/a%2Fb?q=1#f")))
        request.httpMethod = "PUT"
        try await client.authorize(&request)
        #expect(request.value(forHTTPHeaderField: "Authorization") == "DPoP at-1-0")
        let parts = try #require(request.value(forHTTPHeaderField: "DPoP")).split(separator: ".")
        #expect(parts.count == 3)
        let header = try JSONReader.read(try #require(Base64URL.decode(parts[0].utf8)))
        let claims = try JSONReader.read(try #require(Base64URL.decode(parts[1].utf8)))
        let jwk = try #require(header["jwk"])
        #expect(header["typ"]?.string == "dpop+jwt" && header["alg"]?.string == "ES256")
        #expect(jwk["kty"]?.string == "EC" && jwk["crv"]?.string == "P-256" && jwk["d"] == nil)
        #expect(claims["htm"]?.string == "PUT" && claims["htu"]?.string == "https://api.example/a%2Fb")
        #expect(claims["iat"]?.integer == device.now.unix && claims["nonce"] == nil)
        #expect(claims["ath"]?.string == Base64URL.encode(SHA256.hash(data: Array("at-1-0".utf8))))
        let (x, y) = (try #require(jwk["x"]?.string), try #require(jwk["y"]?.string))
        let point = try #require(Base64URL.decode(x.utf8)) + #require(Base64URL.decode(y.utf8))
        let key = try P256.Signing.PublicKey(rawRepresentation: point)
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: #require(Base64URL.decode(parts[2].utf8)))
        #expect(key.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8)))
    }

    @Test func `each request has a proof of its own, by one key for the session and another for the next`() async throws
    {
        let device = TestDevice()
        let client = try device.client()
        var ids: Set<String> = []
        var keys: [String] = []
        for _ in 0..<2 {
            try await client.login(username: "ada", password: "secret")
            for _ in 0..<3 {
                device.pass(.seconds(600))
                _ = try await device.client().accessToken()
            }
        }
        let requests = device.service.with { $0.requests }.filter { !$0.url.hasSuffix("/v1/logout") }
        for request in requests {
            let id = try #require(FakeService.proofClaims(of: request)?["jti"]?.string)
            #expect(id.utf8.count == 22)
            ids.insert(id)
            let proof = try #require(request.headers.first { $0.name == "DPoP" }?.value)
            keys.append(String(proof.prefix { $0 != "." }))
        }
        #expect(ids.count == 8)
        #expect(Set(keys[..<4]).count == 1 && Set(keys[4...]).count == 1 && keys[0] != keys[4])
    }

    @Test func `a nonce that the service demands is used, and kept for the next proof`() async throws {
        let device = TestDevice()
        device.service.with { $0.nonce = "n1" }
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.pass(.seconds(600))
        #expect(try await client.accessToken() == "at-1-1")
        #expect(device.service.paths() == ["/v1/login", "/v1/login", "/v1/refresh"])
        device.service.with { $0.nonce = "n2" }
        device.pass(.seconds(600))
        #expect(try await client.accessToken() == "at-1-2")
        #expect(device.service.presented.count == 2)
    }

    @Test(arguments: ["", "a b", "a\"b", "a\\b", "é", String(repeating: "n", count: 1025)])
    func `a nonce that is none is not used, and the session is kept`(nonce: String) async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.pass(.seconds(600))
        device.service.with { $0.nonce = nonce }
        await #expect(throws: HeirloomClientError.self) { try await client.accessToken() }
        device.service.with { $0.nonce = nil }
        #expect(try await client.accessToken() == "at-1-1")
        for request in device.service.with({ $0.requests }) {
            #expect(FakeService.proofClaims(of: request)?["nonce"] == nil)
        }
    }

    @Test func `an API's nonce is used for that API alone`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        var request = URLRequest(url: try #require(URL(string: "https://api.example/notes")))
        try await client.authorize(&request)
        let url = try #require(request.url)
        let response = try #require(
            HTTPURLResponse(
                url: url, statusCode: 401, httpVersion: "HTTP/1.1",
                headerFields: ["DPoP-Nonce": "api", "WWW-Authenticate": "DPoP error=\"use_dpop_nonce\""]))
        #expect(try await client.reauthorize(&request, after: response))
        #expect(nonce(of: request) == "api")
        #expect(device.service.presented.isEmpty)
        request.url = URL(string: "https://other.example/notes")
        try await client.authorize(&request)
        #expect(nonce(of: request) == nil)
    }

    @Test func `an API that refuses the token gets another one, once`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        let refusal = ClientAnswer(
            status: 401, headers: [HeaderField("WWW-Authenticate", "DPoP error=\"invalid_token\"")], body: [])
        device.service.with { $0.faults = [.answer(refusal)] }
        let request = ClientRequest(method: "GET", url: FakeService.issuer + "/notes?q=1", headers: [], body: nil)
        #expect(try await client.send(request).status == 200)
        #expect(device.service.paths() == ["/v1/login", "/notes?q=1", "/v1/refresh", "/notes?q=1"])
        device.service.with { state in state.faults = [.answer(refusal)] }
        #expect(try await client.send(request).status == 200)
    }

    @Test func `a service that ignores proofs has sessions that are not bound`() async throws {
        let device = TestDevice()
        device.service.with { $0.isBound = false }
        let client = try device.client()
        #expect(try await !client.login(username: "ada", password: "secret").isBound)
        device.pass(.seconds(600))
        var request = URLRequest(url: try #require(URL(string: "https://api.example/notes")))
        try await client.authorize(&request)
        #expect(request.value(forHTTPHeaderField: "Authorization") == "Bearer at-1-1")
        #expect(request.value(forHTTPHeaderField: "DPoP") == nil)
        let requests = device.service.with { $0.requests }
        #expect(requests.map { FakeService.proofClaims(of: $0) != nil } == [true, false])
    }

    @Test func `a client without binding sends no proof`() async throws {
        let device = TestDevice()
        device.service.with { $0.isBound = false }
        let client = try HeirloomClient(
            issuer: FakeService.issuer, clientID: "web", store: device.store, transport: device.service,
            bindsSessions: false, clock: device.clock)
        try await client.login(username: "ada", password: "secret")
        #expect(FakeService.proofClaims(of: device.service.with { $0.requests[0] }) == nil)
    }

    private func nonce(of request: URLRequest) -> String? {
        guard let proof = request.value(forHTTPHeaderField: "DPoP") else { return nil }
        let part = proof.split(separator: ".")[1]
        return Base64URL.decode(part.utf8).flatMap { try? JSONReader.read($0) }?["nonce"]?.string
    }
}
