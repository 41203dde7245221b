package import SessionEngine

/// Finds out who is asking: a session, a client or a browser.
package struct Authentication: Sendable {
    package let sessions: SessionAuthenticator
    package let browser: BrowserGate
    let clients: ClientAuthenticator
    let proofs: RequestProofs

    /// - Parameters:
    ///   - reader: reads access tokens.
    ///   - proofs: checks the proofs of requests.
    ///   - options: names the issuer and the allowed origins.
    package init(
        sessions: SessionService, clients: ClientService, reader: AccessTokenReader, csrf: CSRFTokens,
        proofs: RequestProofs, options: PublicListener.Options
    ) {
        browser = BrowserGate(
            origins: OriginList(issuer: options.issuer, allowed: options.allowedOrigins), csrf: csrf)
        self.sessions = SessionAuthenticator(sessions: sessions, reader: reader, gate: browser, proofs: proofs)
        self.proofs = proofs
        self.clients = ClientAuthenticator(
            sessions: sessions, clients: clients, assertions: AssertionGate(issuer: options.issuer))
    }
}
