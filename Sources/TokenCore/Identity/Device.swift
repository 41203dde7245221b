/// The device that a session was opened on, as far as it is known. Shown to its owner; never trusted.
package struct Device: Hashable, Sendable {
    /// The caller's name for it, at most 200 characters; nil for a name that shows nothing.
    package var name: String?
    /// The address that the login came from.
    package var address: String?
    /// The `User-Agent` of the login, at most 400 characters.
    package var userAgent: String?

    package init(name: String? = nil, address: String? = nil, userAgent: String? = nil) {
        self.name = name.map { Device.cut($0, at: 200) }.flatMap { Device.isVisible($0) ? $0 : nil }
        self.address = address
        self.userAgent = userAgent.map { Device.cut($0, at: 400) }
    }

    /// Whether a text has a character that is drawn: not white space, a control, or default-ignorable.
    private static func isVisible(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            let properties = scalar.properties
            let isBlank = properties.isWhitespace || properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}"
            return !isBlank && ![.control, .format, .surrogate, .unassigned].contains(properties.generalCategory)
        }
    }

    /// Counting characters is slow, and every look-up of a session does this. A text never has more characters than
    /// bytes.
    private static func cut(_ text: String, at length: Int) -> String {
        text.utf8.count <= length ? text : String(text.prefix(length))
    }
}
