package import TokenCore

/// Signs people in by what a provider knows them as, keeps the list of these identities, and ends sessions when the
/// provider does.
///
/// Every method throws ``TokenCore/Unavailable`` when the store cannot answer now.
package struct IdentityService: Sendable {
    private let store: any Store
    private let lane: CommitLane
    private let entropy: Entropy

    package init(store: any Store, lane: CommitLane, entropy: Entropy = .system) {
        self.store = store
        self.lane = lane
        self.entropy = entropy
    }

    /// Opens a session for the person whom a provider has authenticated. The command records why a sign-in is refused.
    ///
    /// - Parameters:
    ///   - upstream: the provider's session; nil when its ID token had no `sid`.
    ///   - use: the attempt or the ID token, which signs in once.
    ///   - provider: the provider's id, for the audit trail.
    package func signIn(
        by identity: Identity, in upstream: UpstreamSessionID?, use: UsedOnce, signUp: SignInByIdentity.SignUp,
        provider: String, opening: SignInByIdentity.Opening
    ) async throws -> SignInByIdentity.Outcome {
        try await lane.submit(
            SignInByIdentity(
                by: identity, in: upstream, use: use, signUp: signUp, provider: provider, opening: opening,
                entropy: entropy))
    }

    /// Adds an identity to the ways in which a user signs in.
    package func link(
        _ identity: Identity, by requester: LinkIdentity.Requester, address: String? = nil
    ) async throws -> LinkIdentity.Outcome {
        try await lane.submit(LinkIdentity(identity, by: requester, address: address))
    }

    /// Removes an identity from the ways in which a user signs in.
    package func unlink(
        _ identity: IdentityID, by requester: UnlinkIdentity.Requester, address: String? = nil
    ) async throws -> UnlinkIdentity.Outcome {
        try await lane.submit(UnlinkIdentity(identity, by: requester, address: address))
    }

    /// Ends the sessions that a logout at a provider concerns, however many there are.
    ///
    /// - Parameters:
    ///   - time: sessions that were opened at this time or later stay. A caller that has whole seconds rounds up: the
    ///     provider may have opened and ended a session within one.
    ///   - token: the provider's token. It ends sessions once.
    ///   - provider: the provider's id, for the audit trail.
    /// - Returns: how many sessions were ended; nil when the token was used before.
    package func endSessions(
        _ sessions: UpstreamSessions, openedBefore time: Timestamp, token: UsedOnce, provider: String
    ) async throws -> Int? {
        let command = EndUpstreamSessions(sessions, openedBefore: time, token: token, provider: provider)
        var count = 0
        while true {
            switch try await lane.submit(command) {
            case .endedSome(let ended): count += ended
            case .ended(let ended): return count + ended
            case .used: return nil
            }
        }
    }

    /// The identities of a subject, the oldest first.
    package func identities(of subject: SubjectID) async throws -> [IdentityRecord] {
        try await store.identities(of: subject, limit: IdentityRecord.maximumPerSubject)
    }

    /// An identity; nil when nobody has it. Its subject may have been deleted.
    package func identity(_ id: IdentityID) async throws -> IdentityRecord? { try await store.identity(id) }
}
