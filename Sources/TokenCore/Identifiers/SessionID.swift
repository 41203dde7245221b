/// The id of a session: one login on one device, which is one rotation family.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
    package let uuid: UUIDv7

    package init(_ uuid: UUIDv7) { self.uuid = uuid }

    package init?(_ text: some StringProtocol) {
        guard let uuid = UUIDv7(text) else { return nil }
        self.uuid = uuid
    }

    /// No session has this id or a greater one.
    package static let greatest = SessionID(UUIDv7(high: .max, low: .max))

    package var description: String { uuid.description }
}
