import Federation
import Testing

struct ProviderCheckTests {
    let op = TestProvider()
    let upstream = FakeProvider()

    init() {
        upstream.on(.metadata, TestProvider.metadata)
        upstream.on(.keys, String(decoding: op.jwks(), as: UTF8.self))
    }

    private func findings(_ change: (inout Provider) -> Void = { _ in }) async -> [String] {
        var provider = op.provider
        change(&provider)
        return await ProviderCheck(upstream).findings(on: provider)
    }

    @Test func `a provider as configured has no findings`() async {
        #expect(await findings().isEmpty)
    }

    @Test func `what differs is named with both values`() async {
        let algorithms = await findings { $0.algorithms = [.eddsa] }
        #expect(algorithms.count == 2 && algorithms[0].contains("EdDSA") && algorithms[0].contains("RS256, ES256"))
        let method = await findings { $0.clientAuthentication = .post(ProviderSecret("s")) }
        #expect(
            method.count == 1 && method[0].contains("client_secret_post") && method[0].contains("client_secret_basic"))
        let issuer = await findings { $0.issuer = "https://op.example/tenant" }
        #expect(issuer.count == 1 && issuer[0].contains("https://op.example/tenant"))
    }

    @Test func `what cannot be read is named with its URL`() async {
        upstream.on(.keys, status: 404, "{}")
        #expect(await findings().first?.hasPrefix("https://op.example/keys cannot be read") == true)
        upstream.on(.keys, #"{"keys":[]}"#)
        #expect(await findings().first?.contains("has no key") == true)
        upstream.on(.metadata) { _ throws(UpstreamFailure) in throw .timeout }
        #expect(await findings().first?.contains("no answer in time") == true)
    }
}
