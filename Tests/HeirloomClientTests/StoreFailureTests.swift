import HeirloomClient
import Testing

struct StoreFailureTests {
    @Test func `nothing is presented while the store cannot write`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        await device.store.fill()
        device.pass(.seconds(600))
        for _ in 0..<50 {
            await #expect(throws: HeirloomClientError.store("no space left on device")) {
                try await device.client().accessToken()
            }
        }
        #expect(device.service.presented.isEmpty)
        await device.store.fill(false)
        #expect(try await client.accessToken() == "at-1-1")
    }

    @Test func `a successor that cannot be stored is not used before it is, and its access token is`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        var events = client.events.makeAsyncIterator()
        device.pass(.seconds(600))
        await device.store.plan([true, false])
        #expect(try await client.accessToken() == "at-1-1")
        #expect(await events.next() == .storeFailed("no space left on device"))
        device.pass(.seconds(600))
        await device.store.plan([false, false, false])
        for _ in 0..<3 {
            await #expect(throws: HeirloomClientError.store("no space left on device")) {
                try await client.accessToken()
            }
        }
        #expect(device.service.presented == ["hr1_1-0"])
        #expect(try await client.accessToken() == "at-1-2")
        #expect(device.service.presented == ["hr1_1-0", "hr1_1-1"])
    }

    @Test func `after a kill the parent whose successor was not stored is presented again`() async throws {
        let device = TestDevice()
        try await device.client().login(username: "ada", password: "secret")
        device.pass(.seconds(600))
        await device.store.plan([true, false])
        #expect(try await device.client().accessToken() == "at-1-1")
        #expect(try await device.client().accessToken() == "at-1-1")
        #expect(device.service.presented == ["hr1_1-0", "hr1_1-0"])
    }

    @Test func `a login that cannot be stored is ended and keeps the old session`() async throws {
        let device = TestDevice()
        let client = try device.client()
        await device.store.fill()
        await #expect(throws: HeirloomClientError.store("no space left on device")) {
            try await client.login(username: "ada", password: "secret")
        }
        #expect(device.service.with { $0.isEnded })
        #expect(device.service.paths() == ["/v1/login", "/v1/logout"])
    }

    @Test func `a session of another issuer or client is neither used nor replaced`() async throws {
        let device = TestDevice()
        try await device.client().login(username: "ada", password: "secret")
        let other = try HeirloomClient(
            issuer: "https://other.example", clientID: "web", store: device.store, transport: device.service,
            clock: device.clock)
        let stored = await device.store.contents
        await #expect(throws: HeirloomClientError.foreignSession) { try await other.accessToken() }
        await #expect(throws: HeirloomClientError.foreignSession) {
            try await other.login(username: "ada", password: "secret")
        }
        #expect(await device.store.contents == stored)
        #expect(device.service.paths() == ["/v1/login"])
    }

    @Test(arguments: ["", "{}", "[1]", "{\"version\":2}", "{\"version\":1,\"issuer\":\"x\"", "\u{0}"])
    func `contents that are no session are reported and can be replaced by a login`(text: String) async throws {
        let device = TestDevice()
        try await device.store.save(Array(text.utf8))
        let client = try device.client()
        await #expect(throws: HeirloomClientError.store("the store holds something else than a session")) {
            try await client.accessToken()
        }
        try await client.login(username: "ada", password: "secret")
        #expect(try await client.accessToken() == "at-1-0")
    }

    @Test func `a session is forgotten without a request, also one that cannot be read`() async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        try await client.forget()
        #expect(await device.store.contents == nil)
        try await device.store.save([1, 2, 3])
        try await client.forget()
        #expect(await device.store.contents == nil)
        #expect(device.service.paths() == ["/v1/login"])
        await #expect(throws: HeirloomClientError.notSignedIn) { try await client.accessToken() }
    }
}
