import Accounts
import Foundation
import TokenHTTP

/// The name or the address that a listener is opened at.
struct HostName {
    /// An IPv6 address has no brackets.
    let text: String

    /// An IPv6 address may name an interface of this machine after `%` (RFC 4007 §11).
    private var address: IPAddress? {
        text.contains(":") ? IPAddress(String(text.prefix { $0 != "%" })) : IPAddress(text)
    }

    /// Whether the text has the form of an address or of a name, without scheme and port.
    var isWellFormed: Bool {
        if address != nil { return true }
        return !text.isEmpty && text.utf8.allSatisfy { HostName.nameCharacters.contains($0) }
    }

    private static let nameCharacters = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_".utf8)

    /// Whether this machine knows an address of the name.
    var isKnown: Bool {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(text, nil, &hints, &found) == 0 else { return false }
        freeaddrinfo(found)
        return true
    }

    /// Whether two listeners with one port would have an address in common. Of two names that differ this is not known.
    func overlaps(_ other: HostName) -> Bool {
        if text == other.text || isWildcard && other.isWildcard { return true }
        switch (address, other.address) {
        case (let own?, let others?) where own == others: return true
        case (let own?, let others?):
            // The IPv6 wildcard takes IPv4 too.
            return (isWildcard || other.isWildcard) && (own.isV6 == others.isV6 || text == "::" || other.text == "::")
        default:
            // The name localhost has these two addresses; others of 127.0.0.0/8 are free.
            let areLoopback = [self, other].allSatisfy {
                LoopbackHost.contains($0.text) && [nil, IPAddress("127.0.0.1"), IPAddress("::1")].contains($0.address)
            }
            return areLoopback || isWildcard || other.isWildcard
        }
    }

    private var isWildcard: Bool { text == "0.0.0.0" || text == "::" }
}
