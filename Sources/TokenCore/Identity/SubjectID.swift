/// The id of a subject: a UUIDv7 for a user of this service, or the name that a trusted back-end uses for an outside
/// subject.
package struct SubjectID: OpaqueID, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    /// The id of a client that acts for itself. No user and no outside subject has such an id.
    package init(of client: ClientID) { value = SubjectID.clientPrefix + client.value }

    private static let clientPrefix = "client:"

    package var isClient: Bool { value.hasPrefix(SubjectID.clientPrefix) }

    package var description: String { value }
}
