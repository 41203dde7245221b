/// The id of a subject: a UUIDv7 for a user of this service, or the name that a trusted back-end uses for an outside
/// subject.
package struct SubjectID: OpaqueID, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    /// The id of a client that acts for itself. No user and no outside subject has such an id.
    package init(of client: ClientID) { value = SubjectID.clientPrefix + client.value }

    /// The id of no subject.
    static let unknown = SubjectID("")

    private static let clientPrefix = "client:"

    /// Whether a back-end may name an outside subject so: 1 to 255 visible ASCII characters, which have one form in a
    /// token, a log line and a header, and not a client's own id.
    package var isValidOutside: Bool {
        (1...255).contains(value.utf8.count) && value.utf8.allSatisfy { 0x21...0x7E ~= $0 } && !isClient
    }

    package var isClient: Bool { value.hasPrefix(SubjectID.clientPrefix) }

    package var description: String { value }
}
