import Crypto
import Foundation
import StrictCoding
import Synchronization
import TokenVerifier

/// A token service in a few lines: keys, a feed, and a switch that turns it off.
final class FakeService: VerifierTransport {
    struct Down: Error {}

    private struct State {
        var isDown = false
        var keys: [(id: String, key: P256.Signing.PrivateKey)] = []
        var entries: [String] = []
        var isReset = false
        var requests: [String] = []
    }

    private let state = Mutex(State())

    init() { addKey("k1") }

    func addKey(_ id: String) { state.withLock { $0.keys.append((id, P256.Signing.PrivateKey())) } }

    var isDown: Bool {
        get { state.withLock { $0.isDown } }
        set { state.withLock { $0.isDown = newValue } }
    }

    /// The paths that were asked for.
    var requests: [String] { state.withLock { $0.requests } }

    /// Adds an entry's members to the feed.
    func revoke(_ members: String) { state.withLock { $0.entries.append(members) } }

    /// Forgets the feed and starts a new one, as after a restored backup.
    func restart() {
        state.withLock { state in
            state.entries = []
            state.isReset = true
        }
    }

    func sign(_ claims: String, key id: String = "k1") throws -> String {
        let header = #"{"typ":"at+jwt","alg":"ES256","kid":"\#(id)"}"#
        let input = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        let keys = state.withLock { $0.keys }
        let key = keys.first { $0.id == id }?.key ?? P256.Signing.PrivateKey()
        return input + "." + Base64URL.encode(Array(try key.signature(for: Data(input.utf8)).rawRepresentation))
    }

    func get(_ url: String, headers: [(name: String, value: String)], timeout: Duration) async throws -> VerifierAnswer
    {
        let path = url.replacingOccurrences(of: "https://id.example", with: "")
        let body = try state.withLock { state in
            state.requests.append(path)
            if state.isDown { throw Down() }
            guard path.hasPrefix("/v1/revocations") else { return jwks(state) }
            let after = URLComponents(string: url)?.queryItems?.first { $0.name == "after" }?.value.flatMap { Int($0) }
            defer { state.isReset = false }
            let entries = state.entries.dropFirst(state.isReset ? 0 : after ?? 0).joined(separator: ",")
            return #"{"revocations":[\#(entries)],"next":\#(state.entries.count),"reset":\#(state.isReset)}"#
        }
        // Instead of a long poll.
        try await Task.sleep(for: .milliseconds(1))
        return VerifierAnswer(status: 200, body: Array(body.utf8))
    }

    private func jwks(_ state: State) -> String {
        let keys = state.keys.map { entry in
            let point = entry.key.publicKey.rawRepresentation
            let x = Base64URL.encode(Array(point.prefix(32))), y = Base64URL.encode(Array(point.suffix(32)))
            return #"{"kty":"EC","crv":"P-256","alg":"ES256","kid":"\#(entry.id)","x":"\#(x)","y":"\#(y)"}"#
        }
        return #"{"keys":[\#(keys.joined(separator: ","))]}"#
    }
}
