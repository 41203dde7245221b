import Accounts
import Foundation

extension WebOrigin {
    /// Whether browsers treat the origin as potentially trustworthy (W3C Secure Contexts §3.1) and keep `Secure`
    /// cookies for it: `https`, or a loopback host. Safari does so for `https` only.
    package var isTrustworthy: Bool {
        guard let parts = URLComponents(string: text), let host = parts.encodedHost else { return false }
        if parts.scheme == "https" || host == "localhost" || host.hasSuffix(".localhost") { return true }
        guard let address = IPAddress(host.filter { $0 != "[" && $0 != "]" }) else { return false }
        return address.isV6 ? address == IPAddress("::1") : address.bytes[0] == 127
    }
}
