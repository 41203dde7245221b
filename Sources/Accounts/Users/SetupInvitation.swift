import SessionEngine
import StrictCoding
import Synchronization
package import TokenCore

/// The one-time link that creates the first user of a new service. Its secret is printed on the terminal and kept in
/// memory only.
package final class SetupInvitation: Sendable {
    private enum State { case open, taken }

    package let token: String
    private let state = Mutex(State.open)

    package init(entropy: Entropy = .system) { token = Base64URL.encode((entropy.bytes() as RandomBytes<24>).bytes) }

    /// Whether `token` is the invitation's. Compares in constant time.
    package func accepts(_ token: String) -> Bool { token.equalsInConstantTime(self.token) }

    /// Reserves the invitation for the caller; false when the token is wrong or another caller has reserved it.
    package func take(_ token: String) -> Bool {
        guard accepts(token) else { return false }
        return state.withLock { state in
            defer { state = .taken }
            return state == .open
        }
    }

    /// Releases the invitation, because no user was created.
    package func giveBack() { state.withLock { $0 = .open } }
}
