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
package struct SubjectID: OpaqueID, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    /// A client that acts for itself. No user and no outside subject has such a name.
    package init(of client: ClientID) { value = SubjectID.clientPrefix + client.value }

    private static let clientPrefix = "client:"

    package var isClient: Bool { value.hasPrefix(SubjectID.clientPrefix) }

    package var description: String { value }
}

/// The application that holds a session's tokens.
package struct ClientID: OpaqueID, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    /// A name for a new client: 1 to 64 letters, digits, `.`, `_` and `-`, so that it means the same in a form, in HTTP
    /// Basic, in a scope and in a log line. Nil for any other.
    package init?(named name: String) {
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isName, (1...64).contains(name.utf8.count) else { return nil }
        value = name
    }

    /// The public client that is always there.
    package static let web = ClientID("web")

    package var description: String { value }
}
