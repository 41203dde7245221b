import HeirloomClient
import Testing

struct ClockTests {
    static let jumps = [-2_000_000_000, -86_400 * 400, -3600, -61, -6, 6, 61, 3600, 86_400 * 400, 2_000_000_000]

    @Test(arguments: jumps) func `a jump of the wall clock in a process signs nobody out`(seconds: Int) async throws {
        let device = TestDevice()
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        device.jump(seconds: seconds)
        #expect(try await client.accessToken() == "at-1-0")
        for generation in 1...3 {
            device.pass(.seconds(600))
            #expect(try await client.accessToken() == "at-1-\(generation)")
        }
    }

    @Test(arguments: jumps) func `a jump of the wall clock between processes signs nobody out`(
        seconds: Int
    ) async throws {
        let device = TestDevice()
        try await device.client().login(username: "ada", password: "secret")
        device.jump(seconds: seconds)
        for _ in 0..<4 {
            let token = try await device.client().accessToken()
            #expect(token == "at-1-\(device.service.with { $0.generation })")
            device.pass(.seconds(600))
        }
        #expect(!device.service.with { $0.isEnded })
    }

    @Test func `a jump while the answer of a refresh is lost signs nobody out`() async throws {
        for seconds in ClockTests.jumps {
            let device = TestDevice()
            try await device.client().login(username: "ada", password: "secret")
            device.pass(.seconds(600))
            var core = device.core()
            var step = core.begin(.refresh(replacing: nil), at: device.now)
            for _ in 0..<3 { step = core.resume(try await device.perform(step.action), at: device.now) }
            device.jump(seconds: seconds)
            for _ in 0..<3 {
                #expect(try await device.client().accessToken().hasPrefix("at-1-"))
                device.pass(.seconds(600))
            }
        }
    }

    @Test func `a clock that is wrong all the time is corrected by the service's`() async throws {
        let device = TestDevice()
        device.jump(seconds: 12_345)
        let client = try device.client()
        try await client.login(username: "ada", password: "secret")
        #expect(device.service.paths() == ["/v1/login", "/v1/login"])
        device.pass(.seconds(600))
        #expect(try await client.accessToken() == "at-1-1")
        #expect(device.service.paths().count == 3)
    }
}
