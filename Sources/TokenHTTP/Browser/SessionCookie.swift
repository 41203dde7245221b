/// The two cookies that hold a browser's tokens (contract §3).
///
/// The prefix `__Host-` makes the browser itself refuse them without `Secure`, with a `Domain` or with another path, so
/// that no neighbouring host can set them (RFC 6265bis §4.1.3.2).
enum SessionCookie: String, CaseIterable {
    case access = "__Host-heirloom-access"
    case refresh = "__Host-heirloom-refresh"

    /// The longest name and value together that every browser keeps, in bytes (RFC 6265bis §5.6).
    static let maximumLength = 4096

    /// A `Set-Cookie` value.
    func holding(_ value: String, seconds: Int) -> String { "\(rawValue)=\(value); Max-Age=\(seconds); \(attributes)" }

    /// A `Set-Cookie` value that makes the browser forget it.
    var cleared: String { "\(rawValue)=; Max-Age=0; \(attributes)" }

    func fits(_ value: String) -> Bool { rawValue.utf8.count + value.utf8.count <= SessionCookie.maximumLength }

    /// The refresh token never travels with a request that another site began; the access token does when a person
    /// follows a link.
    private var attributes: String {
        "Path=/; Secure; HttpOnly; SameSite=" + (self == .refresh ? "Strict" : "Lax")
    }
}
