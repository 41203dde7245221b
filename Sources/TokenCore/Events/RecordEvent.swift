/// Writes an entry of the audit trail that no other command writes, such as a failed login.
package struct RecordEvent: Command {
    package var kind: EventRecord.Kind
    package var subject: SubjectID?
    package var session: SessionID?
    package var client: ClientID?
    package var address: String?
    package var detail: String?

    package init(
        _ kind: EventRecord.Kind, subject: SubjectID? = nil, session: SessionID? = nil, client: ClientID? = nil,
        address: String? = nil, detail: String? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.session = session
        self.client = client
        self.address = address
        self.detail = detail
    }

    package func apply(to transaction: inout Transaction) throws {
        transaction.record(
            EventRecord(
                kind, at: transaction.now, subject: subject, session: session, client: client, address: address,
                detail: detail))
    }
}
