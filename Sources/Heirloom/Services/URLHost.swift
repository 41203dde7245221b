import Accounts

/// A listener's host in a URL.
enum URLHost {
    /// The host, in brackets when it is an IPv6 address (RFC 3986 §3.2.2).
    static func text(_ host: String) -> String {
        let address = host.prefix { $0 != "%" }
        return address.contains(":") && IPAddress(String(address)) != nil ? "[\(host)]" : host
    }
}
