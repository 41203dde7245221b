/// Logins and logouts.
extension ClientCore {
    mutating func sendLogin(at now: ClientInstant) -> Step {
        guard let form = flight.form else { return finish(.failure(.notSignedIn)) }
        let body = form.body(clientID: settings.clientID)
        return perform(.send(post("/v1/login", body, provingWith: flight.newKey, at: now)), .awaiting(.login))
    }

    /// The login was answered with tokens. A service that does not bind them answers `Bearer`; the key is then not
    /// kept.
    mutating func opened(_ tokens: TokenAnswer, at now: ClientInstant) -> Step {
        let access = AccessCredential(
            token: tokens.accessToken, isBound: tokens.isBound, receivedAt: max(0, now.unix), lifetime: tokens.lifetime)
        let new = StoredSession(
            issuer: settings.issuer, clientID: settings.clientID, id: tokens.sessionID, subject: tokens.subject,
            scope: tokens.scope, refreshToken: tokens.refreshToken, access: access,
            key: tokens.isBound ? flight.newKey : nil)
        return perform(.save(new.encoded), .storingLogin(new))
    }

    mutating func storedLogin(_ new: StoredSession, _ event: Event, at now: ClientInstant) -> Step {
        if case .storeFailed(let error) = event {
            // Nothing could use the new session later. The old one is still stored.
            let request = logoutRequest(of: new)
            return perform(
                .send(request), .endingAbandoned(.failure(.store(error.description))),
                reporting: [.storeFailed(error.description)])
        }
        let old = session
        session = new
        unsaved = nil
        remember(new.access, for: .seconds(new.access.lifetime), at: now)
        let result = Result<Value, HeirloomClientError>.success(.session(new.summary))
        guard let old else { return finish(result, reporting: [.signedIn(new.summary)]) }
        return perform(
            .send(logoutRequest(of: old)), .endingAbandoned(result), reporting: [.signedIn(new.summary)])
    }

    mutating func sendLogout() -> Step {
        guard let session else { return finish(.success(.nothing)) }
        return perform(.send(logoutRequest(of: session)), .awaiting(.logout))
    }

    /// Any authentic refresh token ends its session, of any generation and without a proof.
    private func logoutRequest(of session: StoredSession) -> ClientRequest {
        let body = RefreshForm(refreshToken: session.refreshToken, clientID: settings.clientID).body
        return ClientRequest(
            method: "POST", url: settings.issuer + "/v1/logout",
            headers: [HeaderField("Content-Type", "application/json")],
            body: body)
    }
}
