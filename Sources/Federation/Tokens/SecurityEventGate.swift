import StrictCoding
import TokenCore
package import TokenVerifier

/// Judges security event tokens that a provider pushes (RFC 8417; RFC 8935): events of RISC, CAEP and OAuth about a
/// person who signs in here.
package struct SecurityEventGate: Sendable {
    private static let base = "https://schemas.openid.net/secevent/"
    /// Events after which no session of the person can be trusted.
    private static let endingEvents = [
        "risc/event-type/account-disabled", "risc/event-type/account-purged", "risc/event-type/sessions-revoked",
        "risc/event-type/credential-compromise", "oauth/event-type/tokens-revoked", "caep/event-type/session-revoked",
    ].map { base + $0 }
    private static let credentialChange = base + "caep/event-type/credential-change"
    /// Changes after which a password is another one.
    private static let endingChanges = ["revoke", "delete", "update"]

    private let provider: Provider
    private let source: Provider.EventSource
    private let jws: StrictJWS

    /// Nil for a provider that pushes no events.
    package init?(_ provider: Provider) {
        guard let source = provider.events else { return nil }
        self.provider = provider
        self.source = source
        jws = StrictJWS(
            types: [nil, "jwt", "secevent+jwt"], algorithms: provider.algorithms(published: nil), mayLackKeyID: true)
    }

    /// Checks the issuer that a token names, before any key is looked for.
    package func checkIssuer(of token: String) throws(FederationRefusal) {
        guard let issuer = ProviderToken.claimedIssuer(of: token, jws: jws) else { throw .tokenMalformed }
        guard source.issuer.isExactly(issuer) else { throw .tokenIssuerWrong }
    }

    /// Verifies a token at a time in Unix seconds. Its age does not matter: a transmitter repeats what it could not
    /// deliver, and the event concerns only sessions that were opened before.
    ///
    /// - Throws: the first check that fails.
    package func verify(
        _ token: String, keys: VerificationKeys, at now: Int
    ) throws(FederationRefusal) -> SecurityEvent {
        let verified = try ProviderToken(token, jws: jws, keys: keys)
        let claims = verified.claims
        guard claims["iss"]?.string.map(source.issuer.isExactly) == true else { throw .tokenIssuerWrong }
        try verified.checkAudience(of: provider)
        let issuedAt = try verified.checkTimes(at: now, longestAge: nil, mustExpire: false)
        let id = try verified.id()
        guard case .object(let events)? = claims["events"], !events.isEmpty,
            events.allSatisfy({ if case .object = $0.value { true } else { false } })
        else { throw .tokenEventsWrong }
        // A token may have several events, and an event names its subject itself, or the token does.
        let ending = events.filter { SecurityEventGate.isEnding($0.name, $0.value) }.map { event in
            (value: event.value, identity: identity(in: claims["sub_id"]) ?? identity(in: event.value["subject"]))
        }
        let event = ending.first { $0.identity != nil } ?? ending.first
        let times = [claims["toe"], event?.value["event_timestamp"]].compactMap { $0?.numericDate }
        return SecurityEvent(
            identity: event?.identity, happenedAt: min(issuedAt, times.min() ?? issuedAt), issuedAt: issuedAt, id: id)
    }

    private static func isEnding(_ event: String, _ members: JSON) -> Bool {
        if event.isExactly(credentialChange) {
            return members["credential_type"] == .string("password")
                && endingChanges.contains { members["change_type"] == .string($0) }
        }
        return endingEvents.contains { $0.isExactly(event) }
    }

    /// The identity that a subject identifier names by issuer and subject (RFC 9493 §3.2.4), or the user of a complex
    /// one. Others, such as e-mail addresses, name nobody here.
    private func identity(in subject: JSON?) -> IdentityID? {
        guard let subject else { return nil }
        switch (subject["format"] ?? subject["subject_type"])?.ascii {
        // The second spelling is that of drafts, which Google sends.
        case "iss_sub", "iss-sub":
            guard let issuer = subject["iss"]?.string, provider.isIssuer(issuer) || source.issuer.isExactly(issuer),
                let name = subject["sub"]?.string
            else { return nil }
            return Identity(issuer: provider.issuer, providerSubject: name)?.id
        // Drafts have no format where the parts are named.
        case "complex", nil: return identity(in: subject["user"])
        default: return nil
        }
    }
}
