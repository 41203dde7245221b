import HeirloomClient
import StrictCoding
import Testing
import TokenTesting

struct ClientFuzzTests {
    private static let issuer = "https://id.example"
    private let now = ClientInstant(unix: 1_800_000_000, uptime: .seconds(1))

    private func core() -> ClientCore {
        ClientCore(
            ClientCore.Settings(issuer: ClientFuzzTests.issuer, clientID: "web", bindsSessions: true) { count in
                [UInt8](repeating: 1, count: count)
            })
    }

    private func answer(_ status: Int, _ body: [UInt8]) -> ClientAnswer {
        let type = status == 200 ? "application/json" : "application/problem+json"
        return ClientAnswer(status: status, headers: [HeaderField("Content-Type", type)], body: body)
    }

    @Test(arguments: [200, 400, 401, 500, 503])
    func `only a refusal of the service that says login ends a session`(status: Int) throws {
        let valid = try #require(Array(Fuzzer("client-session")).first)
        for input in try Fuzzer("client-answer") {
            var core = core()
            var later = now
            later.unix += 3600
            _ = core.begin(.refresh(replacing: nil), at: later)
            guard case .save = core.resume(.loaded(valid), at: later).action else {
                Issue.record("the presentation is not recorded")
                return
            }
            _ = core.resume(.saved, at: later)
            let action = core.resume(.answered(answer(status, input)), at: later).action
            let json = try? JSONReader.read(input)
            switch action {
            case .remove: #expect((400..<500).contains(status) && json?["action"] == .string("login"))
            case .save(let bytes):
                // The successor, or the record of the presentation that did not take place.
                let stored = try JSONReader.read(bytes)
                let token = status == 200 ? json?["refresh_token"] : .string("hr1_a")
                #expect(stored["refresh_token"] == token && stored["presentations"] == .integer(0))
            case .pause, .send, .finish(.failure): break
            case .load, .finish(.success): Issue.record("\(action) after \(Fuzzer.escape(input))")
            }
        }
    }

    @Test func `what is stored is read as it was written or not at all`() throws {
        for input in try Fuzzer("client-session") {
            var core = core()
            _ = core.begin(.refresh(replacing: nil), at: now)
            let step = core.resume(.loaded(input), at: now)
            let json = try? JSONReader.read(input)
            switch step.action {
            case .finish(.success(.token(let access))): #expect(.string(access.token) == json?["access_token"])
            case .save(let bytes):
                let stored = try JSONReader.read(bytes)
                for name in ["session_id", "subject", "scope", "refresh_token", "access_token", "key"] {
                    #expect(stored[name] == json?[name], "\(Fuzzer.escape(input))")
                }
            case .finish(.failure), .pause, .send: break
            default: Issue.record("\(step.action) after \(Fuzzer.escape(input))")
            }
        }
    }
}
