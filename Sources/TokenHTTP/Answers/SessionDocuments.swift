package import StrictCoding
package import TokenCore
import TokenSigning

extension JSONWriter {
    /// The members of a successful login or refresh (contract §2).
    mutating func tokens(access: MintedToken, refresh: RefreshToken, session: Session, expiresInSeconds: Int) {
        member("token_type", "Bearer")
        member("access_token", access.token)
        member("expires_in", access.expiresInSeconds)
        member("refresh_token", refresh.plaintext)
        member("refresh_expires_in", expiresInSeconds)
        member("session_id", session.record.id.description)
        member("subject", session.subject.id.value)
        member("scope", access.scope.description)
    }

    /// A session as its owner sees it.
    package mutating func session(_ session: Session, expiresAt: Timestamp) {
        let session = session.record
        member("session_id", session.id.description)
        member("subject", session.subject.value)
        member("client_id", session.client.value)
        member("scope", session.scope.description)
        if let name = session.device.name { member("device", name) }
        if let address = session.device.address { member("address", address) }
        if let userAgent = session.device.userAgent { member("user_agent", userAgent) }
        member("amr", session.authenticationMethods)
        member("created_at", session.createdAt.description)
        member("last_used_at", session.token.rotatedAt.description)
        member("expires_at", expiresAt.description)
        member("generation", Int(session.token.generation.number))
    }
}
