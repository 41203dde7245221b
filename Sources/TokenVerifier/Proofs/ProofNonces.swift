package import Crypto
import StrictCoding

/// The nonces of proofs (RFC 9449 §8, §9). A nonce is a function of a key and a step of time, so all nodes with the key
/// give and accept the same ones, also after a restart.
package struct ProofNonces: Sendable {
    /// The length of a step, in seconds.
    static let step = 60
    /// How many steps before and after the current one are accepted. The clock of another node may be ahead.
    static let tolerance = 2
    private let keys: [SymmetricKey]

    /// - Parameter keys: the key of new nonces, then others whose nonces are accepted. Not empty. The authorization
    ///   server's differ from the resource server's.
    package init(keys: [SymmetricKey]) { self.keys = keys }

    /// The nonce for new proofs at a time in Unix seconds.
    package func current(at now: Int) -> String {
        let message = ProofNonces.message(of: now / ProofNonces.step)
        return Base64URL.encode(HMAC<SHA256>.authenticationCode(for: message, using: keys[0]))
    }

    /// Returns when a nonce is refused, and whether a newer one is to be handed out; nil if it is not accepted.
    func judge(_ nonce: String, at now: Int) -> (refusedFrom: Int, isOld: Bool)? {
        guard nonce.utf8.count == 43, let code = Base64URL.decode(nonce.utf8) else { return nil }
        let current = now / ProofNonces.step
        for step in (current - ProofNonces.tolerance)...(current + ProofNonces.tolerance) {
            let message = ProofNonces.message(of: step)
            for (index, key) in keys.enumerated() {
                guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: message, using: key) else {
                    continue
                }
                return ((step + ProofNonces.tolerance + 1) * ProofNonces.step, step < current || index > 0)
            }
        }
        return nil
    }

    private static func message(of step: Int) -> [UInt8] {
        withUnsafeBytes(of: Int64(step).bigEndian) { Array($0) }
    }
}
