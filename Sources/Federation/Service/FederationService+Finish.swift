import SessionEngine
import StrictCoding
package import TokenCore
import TokenVerifier

extension FederationService {
    /// Judges a provider's response, exchanges the code, judges the ID token, and opens a session or links the
    /// identity.
    ///
    /// Deliveries of one response share one run, which goes on when the request is cut off.
    ///
    /// - Parameters:
    ///   - id: the provider's id, as the path of the request has it.
    ///   - cookies: the cookies of the browser's attempts, by name.
    ///   - session: the browser's live session.
    /// - Throws: ``FederationRefusal``, or what the store throws.
    package func finish(
        at id: String, _ response: AuthorizationResponse, cookies: [String: String],
        session: Session?, device: Device
    ) async throws -> FinishOutcome {
        let connection = try connection(id)
        guard let (attemptID, attempt) = attempt(of: response, at: connection.provider, in: cookies) else {
            return try over(.attemptMissing, nil, session)
        }
        guard parts.sessions.clock() < attempt.expiresAt, attempt.issuer.isExactly(connection.provider.issuer) else {
            return try over(.attemptExpired, attempt, session)
        }
        if case .link(let owner) = attempt.purpose {
            guard let session, session.id == owner, session.record.isFreshlyAuthenticated(at: parts.sessions.clock())
            else { throw FederationRefusal.notFresh }
        }
        do {
            var isRepeated = false
            let outcome = try await finishes.outcome(of: attemptID) {
                isRepeated = true
                metrics.sharedAttempt()
            } running: {
                try await countingSignIn(connection.provider, device) {
                    let token = try await Deadline.within(
                        FederationService.longestFinish, sleep: clock.sleep
                    ) { try await identify(response, attempt, connection) }
                    let outcome = try await conclude(attempt, token, attemptID, connection.provider, device)
                    await replace(session, after: outcome, address: device.address)
                    return outcome
                }
            }
            guard isRepeated else { return outcome }
            guard case .signedIn(let opened, _, _, _) = outcome else { return outcome }
            // The browser may have refreshed its tokens since the first delivery.
            if opened.id == session?.id { return .alreadySignedIn(returnTo: attempt.returnTo) }
            // The person may have signed out since then.
            guard case .live = try await parts.sessions.status(of: opened.id) else {
                throw FederationRefusal.attemptUsed
            }
            return outcome
        } catch FederationRefusal.attemptUsed {
            return try over(.attemptUsed, attempt, session)
        } catch FederationRefusal.tokenRequestRefused {
            // Another node may have used the code for this browser.
            guard let session, session.record.createdAt >= attempt.createdAt else {
                throw FederationRefusal.tokenRequestRefused
            }
            return .alreadySignedIn(returnTo: attempt.returnTo)
        }
    }

    /// What a browser gets whose attempt has ended.
    private func over(
        _ refusal: FederationRefusal, _ attempt: Attempt?, _ session: Session?
    ) throws(FederationRefusal) -> FinishOutcome {
        guard session != nil else { throw refusal }
        return .alreadySignedIn(returnTo: attempt?.returnTo)
    }

    /// The attempt that a response names, from the cookie of its `state`.
    private func attempt(
        of response: AuthorizationResponse, at provider: Provider, in cookies: [String: String]
    ) -> (AttemptID, Attempt)? {
        guard let state = response.state, let id = Attempt.id(of: state), let name = response.cookieName else {
            return nil
        }
        guard let value = cookies[name],
            let attempt = parts.seal.open(value, cookieName: name, provider: provider.id),
            attempt.state.equalsInConstantTime(state)
        else { return nil }
        return (id, attempt)
    }

    /// Counts what comes of an attempt, and records a refusal in the log and in the audit trail.
    private func countingSignIn(
        _ provider: Provider, _ device: Device, _ work: () async throws -> FinishOutcome
    ) async throws -> FinishOutcome {
        do {
            let outcome = try await work()
            if case .linked = outcome {
                metrics.signIn(provider.id, "linked")
            } else {
                metrics.signIn(provider.id, "opened")
            }
            return outcome
        } catch {
            let error = error is Deadline.Exceeded ? FederationRefusal.providerUnavailable : error
            await refused(error, by: provider, address: device.address)
            throw error
        }
    }

    /// Records that a person was not signed in.
    func refused(_ error: any Error, by provider: Provider, address: String?) async {
        guard let refusal = error as? FederationRefusal else {
            metrics.signIn(provider.id, "unavailable")
            return
        }
        metrics.signIn(provider.id, refusal.rawValue)
        guard refusal != .cancelled else { return }
        note(refusal, of: provider)
        // The commands record these themselves.
        let known: [FederationRefusal] = [
            .providerUnavailable, .identityUnknown, .subjectNotActive, .attemptUsed, .tokenUsed,
        ]
        guard !known.contains(refusal) else { return }
        // The audit trail must not decide how a sign-in fails.
        _ = try? await parts.lane.submit(
            RecordEvent(.loginFailed, address: address, detail: "\(provider.id): \(refusal.rawValue)"))
    }

    // MARK: - The provider

    /// Returns the ID token of the person whom the provider has identified.
    private func identify(
        _ response: AuthorizationResponse, _ attempt: Attempt, _ connection: ProviderConnection
    ) async throws -> IDToken {
        let provider = connection.provider
        let code = try await response.code(of: provider, metadata: connection.metadata)
        let metadata = try await connection.metadata()
        let exchange = TokenExchange(
            provider: provider, metadata: metadata, redirectURI: redirectURI(of: provider),
            now: parts.sessions.clock(), entropy: entropy)
        let answer = try await connection.send(
            try exchange.request(code: code, verifier: attempt.verifier), orThrow: .tokenResponseMalformed)
        let tokens = try TokenExchange.tokens(in: answer)
        let gate = IDTokenGate(provider, published: metadata.algorithms)
        try gate.checkIssuer(of: tokens.idToken)
        let expectation = IDTokenGate.Expectation(
            nonce: attempt.nonce, clients: [provider.clientID], accessToken: tokens.accessToken,
            maxAge: attempt.maxAgeSeconds.map { ($0, attempt.createdAt.seconds) })
        let token = try await connection.keys().judging { keys throws(FederationRefusal) in
            try gate.verify(
                tokens.idToken, keys: keys, expecting: expectation, at: parts.sessions.clock().seconds)
        }
        try await checkRequirements(of: token, accessToken: tokens.accessToken, metadata, connection)
        return token
    }

    private func checkRequirements(
        of token: IDToken, accessToken: String, _ metadata: ProviderMetadata, _ connection: ProviderConnection
    ) async throws {
        let requirements = connection.provider.requirements
        var verdict = requirements.judge(token.claims)
        if verdict == .missing, let endpoint = metadata.userInfoEndpoint {
            let request = UserInfo.request(of: connection.provider, at: endpoint, accessToken: accessToken)
            let answer = try await connection.send(request, orThrow: .userInfoMalformed)
            verdict = requirements.judge(try UserInfo.claims(of: token, with: answer))
        }
        guard verdict == .met else { throw FederationRefusal.requirementUnmet }
    }

    // MARK: - This service

    private func conclude(
        _ attempt: Attempt, _ token: IDToken, _ id: AttemptID, _ provider: Provider, _ device: Device
    ) async throws -> FinishOutcome {
        // The clock of another node may be behind.
        let lifetime = attempt.expiresAt.seconds - attempt.createdAt.seconds + ProviderToken.leeway
        let use = UsedOnce.attempt(
            Base64URL.encode(id.bytes), createdAt: attempt.createdAt.seconds, forgottenAfter: lifetime)
        switch attempt.purpose {
        case .signIn(let client, let scope, let isRemembered, let isFresh):
            let opening = SignInByIdentity.Opening(
                client: client, scope: scope, device: device,
                authenticatedAt: token.authenticatedAt.map { Timestamp(seconds: $0) },
                isFreshlyAuthenticated: isFresh, isRemembered: isRemembered)
            let (session, refresh, time) = try await open(token, use: use, at: provider, opening)
            return .signedIn(session, refresh, at: time, returnTo: attempt.returnTo)
        case .link(let session):
            let outcome = try await parts.identities.link(
                token.identity, by: .owner(session, attempt: use), address: device.address)
            switch outcome {
            case .linked: return .linked(returnTo: attempt.returnTo)
            case .linkedToAnother: throw FederationRefusal.linkedElsewhere
            case .tooMany, .notFound: throw FederationRefusal.subjectNotActive
            case .used: throw FederationRefusal.attemptUsed
            case .refused, .notFresh: throw FederationRefusal.notFresh
            }
        }
    }

    /// Opens a session for the person of a token.
    ///
    /// - Parameter use: the attempt or the ID token, which signs in once.
    func open(
        _ token: IDToken, use: UsedOnce, at provider: Provider, _ opening: SignInByIdentity.Opening
    ) async throws -> (Session, RefreshToken, at: Timestamp) {
        let outcome = try await parts.identities.signIn(
            by: token.identity,
            in: token.sessionID.map { UpstreamSessionID(issuer: provider.issuer, sid: $0) }, use: use,
            signUp: provider.signUp, provider: provider.id.value, opening: opening)
        switch outcome {
        case .opened(let session, let refresh, let time): return (session, refresh, at: time)
        case .used: throw FederationRefusal.attemptUsed
        case .unknownIdentity: throw FederationRefusal.identityUnknown
        case .notAllowed: throw FederationRefusal.subjectNotActive
        case .unknownClient: throw FederationRefusal.unknownClient
        case .refusedProof(.replayed): throw FederationRefusal.proofReplayed
        case .refusedProof: throw FederationRefusal.proofMissing
        }
    }

    /// Ends the session that the browser had before a sign-in: its cookies are replaced.
    private func replace(_ session: Session?, after outcome: FinishOutcome, address: String?) async {
        guard let session, case .signedIn = outcome else { return }
        // The new session is open, whatever becomes of the old one.
        _ = try? await parts.sessions.end(session.id, by: .tokenHolder, reason: .logout, address: address)
    }
}
