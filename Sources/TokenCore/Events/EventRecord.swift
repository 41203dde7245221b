/// A row of `events`, the audit trail: who, which session, from where, when. Never a token.
package struct EventRecord: Sendable, Equatable {
    package static let retentionSeconds = 90 * 86_400
    /// The audit trail has at most this many events and what the sweeper has not deleted yet. The oldest go first.
    package static let maximumCount = 1_000_000
    /// The longest ``detail``, in bytes.
    static let maximumDetailLength = 400
    /// The longest ``actor``, in bytes.
    static let maximumActorLength = 64

    /// Given by the store, rising; 0 before it is stored.
    package var number: Int
    package var kind: Kind
    package var at: Timestamp
    package var subject: SubjectID?
    package var session: SessionID?
    package var client: ClientID?
    /// ``Administrator/name`` for what an administrator did, at most 64 bytes; nil for other events.
    package private(set) var actor: String?
    /// At most 64 bytes.
    package private(set) var address: String?
    /// A few words for people, at most 400 bytes.
    package let detail: String?
    /// For a reuse: how many generations behind the current one the presented token was.
    package var generationsBehind: Int?

    package init(
        _ kind: Kind, number: Int = 0, at: Timestamp, subject: SubjectID? = nil, session: SessionID? = nil,
        client: ClientID? = nil, actor: String? = nil, address: String? = nil, detail: String? = nil,
        generationsBehind: Int? = nil
    ) {
        self.number = number
        self.kind = kind
        self.at = at
        self.subject = subject
        self.session = session
        self.client = client
        self.actor = actor?.prefix(bytes: EventRecord.maximumActorLength)
        self.address = address?.prefix(bytes: Device.maximumAddressLength)
        self.detail = detail?.prefix(bytes: EventRecord.maximumDetailLength)
        self.generationsBehind = generationsBehind
    }

    /// The event as what an administrator did, from their address unless it has another one.
    func caused(by administrator: Administrator) -> EventRecord {
        var event = self
        event.actor = administrator.name.prefix(bytes: EventRecord.maximumActorLength)
        event.address = address ?? administrator.address?.prefix(bytes: Device.maximumAddressLength)
        return event
    }
}
