/// The device that a session was opened on, as far as it is known. Shown to its owner; never trusted.
package struct Device: Hashable, Sendable {
    /// The caller's name for it, at most 200 bytes; nil for a name that shows nothing.
    package let name: String?
    /// The address that the login came from, at most 64 bytes.
    package let address: String?
    /// The `User-Agent` of the login, at most 400 bytes.
    package let userAgent: String?

    /// The longest address that is stored, in bytes: an IPv6 address with a zone.
    static let maximumAddressLength = 64

    package init(name: String? = nil, address: String? = nil, userAgent: String? = nil) {
        self.name = name.map { $0.prefix(bytes: 200) }.flatMap { Device.isVisible($0) ? $0 : nil }
        self.address = address?.prefix(bytes: Device.maximumAddressLength)
        self.userAgent = userAgent?.prefix(bytes: 400)
    }

    /// Whether a text has a character that is drawn: not white space, a control, or default-ignorable.
    private static func isVisible(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            let properties = scalar.properties
            let isBlank = properties.isWhitespace || properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}"
            return !isBlank && ![.control, .format, .surrogate, .unassigned].contains(properties.generalCategory)
        }
    }
}
