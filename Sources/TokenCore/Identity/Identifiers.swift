/// One session = one rotation family = one login on one device.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
    package let uuid: UUIDv7

    package init(_ uuid: UUIDv7) { self.uuid = uuid }

    package init?(_ text: some StringProtocol) {
        guard let uuid = UUIDv7(text) else { return nil }
        self.uuid = uuid
    }

    package var description: String { uuid.description }
}

/// Whom a session belongs to: a user of this service (a UUIDv7), or a name that a trusted back-end gave.
package struct SubjectID: Name, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    package var description: String { value }
}

/// The application that holds a session's tokens.
package struct ClientID: Name, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    /// The public client that is always there.
    package static let web = ClientID("web")

    package var description: String { value }
}
