extension SessionService {
    /// A session and the client that asks about it, as they stand now, in one look-up.
    package func look(
        up session: SessionID?, askedBy client: ClientID
    ) async throws -> (session: Session?, client: ClientRecord?) {
        guard let session, client != .web else { return (nil, try await self.client(client)) }
        return try await store.session(session, askedBy: client)
    }

    /// The session whose refresh token this is, as it stands now, if the token would be accepted: judged like a refresh but
    /// without a rotation and without a trace, even for a token that was used before.
    package func look(at token: RefreshToken) async throws -> SessionStatus {
        guard let session = try await store.session(token.session) else { return .refused(.unknown, nil) }
        // No rotation comes of it, so the nonce is never used.
        let nonce = RotationNonce(Entropy { 0 }.bytes())
        switch rules.rotation.judge(
            token, from: nil, isAuthenticated: true, session: session, nonce: nonce, now: clock())
        {
        case .rotated, .retried: return .granted(session)
        case .refused(let refusal): return .refused(refusal, session)
        }
    }
}
