/// The last nonce of each API, by the origin of its URLs.
struct Nonces: Sendable {
    /// More servers than that are not expected; the nonces are then learned again.
    private static let limit = 64

    private var values: [String: String] = [:]

    subscript(url: String) -> String? {
        get { values[Nonces.origin(of: url)] }
        set {
            if values.count >= Nonces.limit { values = [:] }
            values[Nonces.origin(of: url)] = newValue
        }
    }

    /// Scheme and authority: what precedes the third slash.
    private static func origin(of url: String) -> String {
        var slashes = 0
        return String(
            decoding: url.utf8.prefix { byte in
                if byte == UInt8(ascii: "/") { slashes += 1 }
                return slashes < 3
            }, as: UTF8.self)
    }
}
