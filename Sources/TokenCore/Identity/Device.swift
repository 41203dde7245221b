/// What is known of the device that a session was opened on. Shown to its owner, trusted for nothing.
package struct Device: Hashable, Sendable {
    /// What the caller calls it, at most 200 characters.
    package var name: String?
    /// The address the login came from.
    package var address: String?
    /// The `User-Agent` of the login, at most 400 characters.
    package var userAgent: String?

    package init(name: String? = nil, address: String? = nil, userAgent: String? = nil) {
        self.name = name.map { Device.cut($0, at: 200) }
        self.address = address
        self.userAgent = userAgent.map { Device.cut($0, at: 400) }
    }

    /// Counting characters is slow, and every look-up of a session comes here: so many bytes are never more characters.
    private static func cut(_ text: String, at length: Int) -> String {
        text.utf8.count <= length ? text : String(text.prefix(length))
    }
}
