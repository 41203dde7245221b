import SessionEngine
package import TokenCore

/// Invitations and resets: links by which users set a password, once.
extension AccountService {
    package enum LinkOutcome: Sendable {
        /// The token is in no row and cannot be read again.
        case made(OneTimeLinkToken, OneTimeLink)
        /// The user has a password, so that an invitation is not for this user.
        case hasPassword
        case disabled
        /// The user has no name to sign in with.
        case noName
        case unknownUser
        case invalidName
    }

    /// Makes a link for a user, who is created without a password if there is none of this name.
    ///
    /// - Throws: ``AmbiguousUsername``
    package func invite(_ name: String, hours: Int) async throws -> LinkOutcome {
        var user = try await directory.user(name)
        if user == nil {
            switch try await create(username: name, password: nil) {
            case .created(let created): user = created
            case .nameTaken: user = try await directory.user(name)
            case .invalidName, .weakPassword: return .invalidName
            }
        }
        guard let user else { return .unknownUser }
        return try await makeLink(for: user.id, .invitation, hours: hours)
    }

    /// Makes a link, and voids the user's earlier one.
    ///
    /// - Parameter hours: within ``TokenCore/OneTimeLink/hours``.
    package func makeLink(
        for user: SubjectID, _ purpose: OneTimeLink.Purpose, hours: Int, address: String? = nil
    ) async throws -> LinkOutcome {
        let token = OneTimeLinkToken(entropy.bytes())
        let command = MakeOneTimeLink(
            for: user, purpose: purpose, hash: token.hash, lifetimeSeconds: hours * 3600, address: address)
        return switch try await lane.submit(command) {
        case .made(let link): .made(token, link)
        case .hasPassword: .hasPassword
        case .disabled: .disabled
        case .noName: .noName
        case .notFound: .unknownUser
        }
    }

    /// The link and its user; nil when it is void. Changes nothing.
    package func link(_ text: String) async throws -> (link: OneTimeLink, user: SubjectRecord)? {
        guard let token = OneTimeLinkToken(text), let link = try await directory.link(token.hash),
            sessions.clock() < link.expiresAt, let user = try await directory.subject(link.subject),
            user.state == .active
        else { return nil }
        return (link, user)
    }

    package enum LinkUse: Sendable {
        /// The user, who has the new password.
        case used(SubjectRecord)
        /// The link can be used again.
        case weakPassword(PasswordPolicy.Objection, OneTimeLink, SubjectRecord)
        case void
        case throttled(retryAfterSeconds: Int)
    }

    /// Sets the password that a link is for.
    ///
    /// - Throws: ``PasswordHasher/Busy``, ``TokenCore/Unavailable`` or what the store throws.
    package func useLink(
        _ text: String, password: Password, from address: ClientAddress
    ) async throws -> LinkUse {
        let attempt: LoginAttempt
        let account = AttemptAccount(unknown: text.utf8)
        switch try await throttle.take(from: address, at: sessions.clock(), account: { account }) {
        case .admitted(let admitted): attempt = admitted
        case .wait(let seconds): return .throttled(retryAfterSeconds: seconds)
        }
        do {
            // An attempt with a link that is void counts.
            guard let (link, user) = try await link(text) else { return .void }
            if let objection = policy.objection(to: password, username: user.account?.username ?? "") {
                await throttle.refund(attempt, at: sessions.clock())
                return .weakPassword(objection, link, user)
            }
            let hash = try await hasher.hash(password, for: .visitor(of: attempt))
            let command = UseOneTimeLink(
                of: link.subject, hash: link.hash, password: hash, address: address.text)
            guard case .used = try await lane.submit(command) else { return .void }
            await throttle.refund(attempt, at: sessions.clock())
            return .used(user)
        } catch {
            await refundUnchecked(attempt, because: error)
            throw error
        }
    }
}
