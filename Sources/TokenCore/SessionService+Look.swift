extension SessionService {
    /// The session whose refresh token this is, as it stands now, if the token would be accepted: judged like a refresh but
    /// without a rotation and without a trace, even for a token that was used before.
    package func look(at token: RefreshToken) async throws -> Authorization {
        guard let family = try await store.family(token.session) else { return .refused(.unknown, nil) }
        // No rotation comes of it, so the nonce is never used.
        let nonce = RotationNonce(Entropy { 0 }.bytes())
        switch rules.rotation.judge(
            token, from: nil, isAuthenticated: true, family: family, nonce: nonce, now: clock())
        {
        case .rotated, .retried: return .granted(family)
        case .refused(let refusal): return .refused(refusal, family)
        }
    }
}
