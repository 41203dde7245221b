import TokenCore

/// An event as the console shows it. The templates read the members by their names.
struct ConsoleEventView {
    let number: Int
    let kind: String
    let at: RelativeTime
    let subject: String?
    let subjectLink: String?
    let session: String?
    let client: String?
    let actor: String?
    let address: String?
    let detail: String?
    let isAlarm: Bool

    init(_ event: EventRecord, now: Timestamp, in text: any Texts) {
        number = event.number
        kind = event.kind.rawValue
        at = RelativeTime(event.at, now: now, in: text)
        subject = event.subject?.value
        subjectLink = event.subject.map { ConsoleLink.subject($0.value) }
        session = event.session?.description
        client = event.client?.value
        actor = event.actor
        address = event.address
        detail = event.detail
        isAlarm = EventRecord.Kind.alarming.contains(event.kind)
    }
}
