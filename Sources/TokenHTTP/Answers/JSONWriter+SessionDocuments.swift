package import StrictCoding
package import TokenCore

/// A session as its owner, the admin API and the command line show it.
extension JSONWriter {
    /// Writes the members of a session.
    package mutating func session(_ session: Session, expiresAt: Timestamp) {
        let record = session.record
        member("session_id", session.id.description)
        member("subject", record.subject.value)
        member("client_id", record.client.value)
        member("scope", record.scope.description)
        if let name = record.device?.name { member("device", name) }
        if let address = record.device?.address { member("address", address) }
        if let userAgent = record.device?.userAgent { member("user_agent", userAgent) }
        member("amr", record.authenticationMethods)
        member("created_at", record.createdAt.description)
        member("last_used_at", session.token.rotatedAt.description)
        member("expires_at", expiresAt.description)
        member("generation", Int(session.token.generation.number))
    }
}
