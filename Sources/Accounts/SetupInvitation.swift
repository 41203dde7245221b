import StrictCoding
import Synchronization
package import TokenCore

/// The one-time link by which a new service gets its first user: a secret that only whoever sees the terminal knows, held
/// in memory alone.
package final class SetupInvitation: Sendable {
    private enum State { case open, taken }

    package let token: String
    private let state = Mutex(State.open)

    package init(entropy: Entropy = .system) { token = Base64URL.encode((entropy.bytes() as RandomBytes<24>).bytes) }

    /// Whether `token` is the one. Takes the same time wherever the first difference is.
    package func accepts(_ token: String) -> Bool {
        let (left, right) = (Array(token.utf8), Array(self.token.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Takes the invitation for whoever shows the token; false when another has it.
    package func take(_ token: String) -> Bool {
        guard accepts(token) else { return false }
        return state.withLock { state in
            defer { state = .taken }
            return state == .open
        }
    }

    /// It came to nothing.
    package func giveBack() { state.withLock { $0 = .open } }
}
