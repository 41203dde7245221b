import Crypto
import Foundation
import StrictCoding
import Synchronization
import TokenVerifier

/// A token service in memory: keys, a revocation feed with long polling, and outages.
final class FakeService: VerifierTransport {
    struct Down: Error {}

    private struct State {
        var isDown = false
        var holdsKeys = false
        var keys: [(id: String, key: P256.Signing.PrivateKey)] = []
        var entries: [String] = []
        var isReset = false
        var requests: [String] = []
    }

    private let waiters: Waiters
    private let state = Mutex(State())

    /// - Parameter waiters: where requests wait that are not answered yet.
    init(waiters: Waiters) {
        self.waiters = waiters
        state.withLock { $0.keys.append(("k1", P256.Signing.PrivateKey())) }
    }

    /// Whether every request fails.
    var isDown: Bool {
        get { state.withLock { $0.isDown } }
        set { change { $0.isDown = newValue } }
    }

    /// Whether requests for the keys wait.
    var holdsKeys: Bool {
        get { state.withLock { $0.holdsKeys } }
        set { change { $0.holdsKeys = newValue } }
    }

    /// The paths of the requests, with their queries.
    var requests: [String] { state.withLock { $0.requests } }

    /// Adds an entry, a JSON object, to the feed.
    func revoke(_ entry: String) { change { $0.entries.append(entry) } }

    /// Replaces the feed with an empty one, as a restored backup does.
    func restart() {
        change { state in
            state.entries = []
            state.isReset = true
        }
    }

    /// Signs a token; with a key that is not published if there is none with this id.
    func sign(_ claims: String, key id: String = "k1") throws -> String {
        let header = #"{"typ":"at+jwt","alg":"ES256","kid":"\#(id)"}"#
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        let key = state.withLock { $0.keys }.first { $0.id == id }?.key ?? P256.Signing.PrivateKey()
        return input + "." + Base64URL.encode(try key.signature(for: Data(input.utf8)).rawRepresentation)
    }

    func get(_ url: String, headers: [(name: String, value: String)], timeout: Duration) async throws -> VerifierAnswer
    {
        let path = url.replacingOccurrences(of: "https://id.example", with: "")
        state.withLock { $0.requests.append(path) }
        let body = path.hasPrefix("/v1/revocations") ? try await page(url) : try await jwks()
        return VerifierAnswer(status: 200, body: Array(body.utf8))
    }

    private func page(_ url: String) async throws -> String {
        func parameter(_ name: String) -> Int {
            URLComponents(string: url)?.queryItems?.first { $0.name == name }?.value.flatMap { Int($0) } ?? 0
        }
        let after = parameter("after")
        if parameter("wait") > 0 {
            try await waiters.wait { self.state.withLock { $0.isDown || $0.isReset || $0.entries.count > after } }
        }
        return try state.withLock { state in
            if state.isDown { throw Down() }
            defer { state.isReset = false }
            let entries = state.entries.dropFirst(state.isReset ? 0 : after).joined(separator: ",")
            return #"{"revocations":[\#(entries)],"next":\#(state.entries.count),"reset":\#(state.isReset)}"#
        }
    }

    private func jwks() async throws -> String {
        try await waiters.wait { !self.holdsKeys }
        if isDown { throw Down() }
        let keys = state.withLock { $0.keys }.map { entry in
            let point = entry.key.publicKey.rawRepresentation
            let x = Base64URL.encode(point.prefix(32)), y = Base64URL.encode(point.suffix(32))
            return #"{"kty":"EC","crv":"P-256","alg":"ES256","kid":"\#(entry.id)","x":"\#(x)","y":"\#(y)"}"#
        }
        return #"{"keys":[\#(keys.joined(separator: ","))]}"#
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
        waiters.wake()
    }
}
