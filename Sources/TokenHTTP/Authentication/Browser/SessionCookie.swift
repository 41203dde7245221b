/// The two cookies that hold a browser's tokens.
///
/// Because of the prefix `__Host-` a browser refuses them without `Secure`, with a `Domain` or with another path. No
/// other host of the same domain can set them (RFC 6265bis §4.1.3.2).
enum SessionCookie: String, CaseIterable {
    case access = "__Host-heirloom-access"
    case refresh = "__Host-heirloom-refresh"

    /// The longest name and value together that every browser stores, in bytes (RFC 6265bis §5.6).
    static let maximumLength = 4096

    /// A `Set-Cookie` value.
    ///
    /// - Parameter seconds: the cookie's lifetime; nil for one that the browser deletes when it is closed.
    func holding(_ value: String, seconds: Int?) -> String {
        let lifetime = seconds.map { "Max-Age=\($0); " } ?? ""
        return "\(rawValue)=\(value); \(lifetime)\(attributes)"
    }

    /// A `Set-Cookie` value that deletes the cookie.
    var cleared: String { "\(rawValue)=; Max-Age=0; \(attributes)" }

    /// Whether every browser stores the cookie with this value.
    func fits(_ value: String) -> Bool { rawValue.utf8.count + value.utf8.count <= SessionCookie.maximumLength }

    /// No request that another site starts carries the refresh token. A navigation by a link carries the access token.
    private var attributes: String {
        "Path=/; Secure; HttpOnly; SameSite=" + (self == .refresh ? "Strict" : "Lax")
    }
}
