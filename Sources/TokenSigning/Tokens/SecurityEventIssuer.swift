import StrictCoding
package import TokenCore

/// Issues security event tokens (RFC 8417) of the kinds CAEP `session-revoked` and `token-claims-change` from entries
/// of the revocation feed.
///
/// Their `typ` is `secevent+jwt` and they have neither `sub` nor `exp`: no verifier takes one for an access token.
package struct SecurityEventIssuer: Sendable {
    private static let eventType = "https://schemas.openid.net/secevent/caep/event-type/"
    private static let idPrefix = "revocation-"

    private let ring: KeyRing
    private let issuer: String

    package init(ring: KeyRing, issuer: String) {
        self.ring = ring
        self.issuer = issuer
    }

    /// The `jti` of an entry's token. It is the same whenever the entry is sent. It differs from that of an entry which
    /// had the same number before the database was restored from a backup.
    package static func id(of entry: RevocationRecord) -> String {
        "\(idPrefix)\(entry.sequence)-\(entry.at.milliseconds)"
    }

    /// The sequence number in a `jti`; nil when this service has not made it.
    package static func sequence(of id: String) -> Int? {
        guard id.utf8.starts(with: idPrefix.utf8) else { return nil }
        let parts = id.utf8.dropFirst(idPrefix.utf8.count).split(
            separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard parts.count == 2, numbers.count == 2, numbers.allSatisfy({ (0...1 << 53).contains($0) }) else {
            return nil
        }
        return numbers[0]
    }

    /// - Parameter newClaims: for an entry about claims: the subject's claims as they are now.
    package func issue(
        _ entry: RevocationRecord, newClaims: Claims? = nil, for receiver: ClientID, at now: Timestamp
    ) throws -> String {
        let claims = JSONWriter.object { json in
            json.member("iss", issuer)
            json.member("aud", receiver.value)
            json.member("iat", now.seconds)
            json.member("jti", SecurityEventIssuer.id(of: entry))
            json.member("sub_id", object: { subject(of: entry, &$0) })
            json.member(
                "events",
                object: { json in
                    json.member(
                        named: SecurityEventIssuer.eventType + name(of: entry),
                        object: { json in
                            json.member("event_timestamp", entry.at.seconds)
                            // CAEP requires the new values.
                            if case .claims = entry.target {
                                json.member("claims", object: { $0.members(newClaims?.members ?? [:]) })
                            }
                        })
                })
        }
        return try ring.snapshot.current.sign(claims, type: "secevent+jwt")
    }

    private func name(of entry: RevocationRecord) -> String {
        switch entry.target {
        case .session, .subject: "session-revoked"
        case .claims: "token-claims-change"
        }
    }

    /// The subject identifier (RFC 9493): one session, or a subject and so all of its sessions.
    private func subject(of entry: RevocationRecord, _ json: inout JSONWriter) {
        switch entry.target {
        case .session(let id):
            json.member("format", "complex")
            json.member(
                "session",
                object: { json in
                    json.member("format", "opaque")
                    json.member("id", id.description)
                })
        case .subject(let id, _), .claims(let id, _):
            json.member("format", "iss_sub")
            json.member("iss", issuer)
            json.member("sub", id.value)
        }
    }
}
