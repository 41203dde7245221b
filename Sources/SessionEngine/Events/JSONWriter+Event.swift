package import StrictCoding
package import TokenCore

/// Events as the admin API, the command line and webhooks show them.
extension JSONWriter {
    /// Writes the members of an event of the audit trail.
    package mutating func event(_ event: EventRecord) {
        member("id", event.number)
        member("kind", event.kind.rawValue)
        member("at", event.at.description)
        if let subject = event.subject { member("subject", subject.value) }
        if let session = event.session { member("session_id", session.description) }
        if let client = event.client { member("client_id", client.value) }
        if let actor = event.actor { member("actor", actor) }
        if let address = event.address { member("address", address) }
        if let detail = event.detail { member("detail", detail) }
    }
}
