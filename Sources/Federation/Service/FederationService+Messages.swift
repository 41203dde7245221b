import Crypto
import Logging
import SessionEngine
import StrictCoding
package import TokenCore

extension FederationService {
    /// The longest `nonce` of an application, in bytes.
    private static let longestNonce = 512

    /// Opens a session for an application that has an ID token from the provider's own kit.
    ///
    /// - Parameters:
    ///   - id: the provider's id, as the request names it.
    ///   - nonce: what the application made the token's `nonce` from.
    ///   - binding: the key that the application holds.
    /// - Throws: ``FederationRefusal``, or what the store throws.
    package func signIn(
        at id: String, idToken: String, nonce: String, client: ClientID, scope: Scope, device: Device,
        isRemembered: Bool, binding: OpenSession.Binding = .none
    ) async throws -> (Session, RefreshToken, at: Timestamp) {
        let connection = try connection(id)
        let provider = connection.provider
        guard !provider.audiences.isEmpty else { throw FederationRefusal.unknownProvider }
        do {
            let token = try await judge(idToken, nonce: nonce, connection)
            // What is signed has one spelling; a signature may have several.
            let signed = idToken.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(idToken[..<$0]) } ?? idToken
            let use = UsedOnce.idToken(
                of: provider.issuer, named: Base64URL.encode(SHA256.hash(data: Array(signed.utf8))),
                issuedAt: token.issuedAt, forgottenAfter: IDTokenGate.longestAge + 2 * ProviderToken.leeway)
            let opened = try await open(
                token, use: use, at: provider,
                SignInByIdentity.Opening(
                    client: client, scope: scope, device: device, isRemembered: isRemembered, binding: binding))
            metrics.signIn(provider.id, "opened")
            return opened
        } catch {
            let error = error as? FederationRefusal == .attemptUsed ? FederationRefusal.tokenUsed : error
            await refused(error, by: provider, address: device.address)
            throw error
        }
    }

    private func judge(
        _ idToken: String, nonce: String, _ connection: ProviderConnection
    ) async throws -> IDToken {
        let provider = connection.provider
        guard (1...FederationService.longestNonce).contains(nonce.utf8.count) else {
            throw FederationRefusal.tokenNonceWrong
        }
        let gate = IDTokenGate(provider)
        try gate.checkIssuer(of: idToken)
        let expected =
            switch provider.nonceHash {
            case .sha256: SHA256.hash(data: Array(nonce.utf8)).hexadecimal
            case .none: nonce
            }
        let expectation = IDTokenGate.Expectation(nonce: expected, clients: provider.audiences)
        let token = try await connection.keys().judging { keys throws(FederationRefusal) in
            try gate.verify(idToken, keys: keys, expecting: expectation, at: parts.sessions.clock().seconds)
        }
        guard provider.requirements.judge(token.claims) == .met else { throw FederationRefusal.requirementUnmet }
        return token
    }

    /// Ends the sessions that a logout token of a provider names.
    ///
    /// - Returns: how many sessions were ended.
    /// - Throws: ``FederationRefusal``, or what the store throws.
    @discardableResult
    package func backchannelLogout(at id: String, token: String) async throws -> Int {
        let connection = try connection(id)
        let provider = connection.provider
        guard provider.acceptsLogouts else { throw FederationRefusal.unknownProvider }
        return try await countingMessage(metrics.logout, of: provider) {
            let gate = LogoutTokenGate(provider)
            try gate.checkIssuer(of: token)
            let logout = try await connection.keys().judging { keys throws(FederationRefusal) in
                try gate.verify(token, keys: keys, at: parts.sessions.clock().seconds)
            }
            let use = UsedOnce.securityEvent(
                of: provider.issuer, named: logout.id, issuedAt: logout.issuedAt,
                forgottenAfter: LogoutTokenGate.longestAge + 2 * ProviderToken.leeway)
            // The provider's time has whole seconds; a session may have begun and ended within one.
            let ended = try await parts.identities.endSessions(
                logout.sessions, openedBefore: Timestamp(seconds: logout.issuedAt + 1), token: use,
                provider: provider.id.value)
            guard let ended else { throw FederationRefusal.tokenUsed }
            return ended
        }
    }

    /// Ends the sessions that a security event token of a provider concerns. One that was received before changes
    /// nothing more.
    ///
    /// - Returns: how many sessions were ended.
    /// - Throws: ``FederationRefusal``, or what the store throws.
    @discardableResult
    package func receiveEvent(at id: String, token: String) async throws -> Int {
        let connection = try connection(id)
        let provider = connection.provider
        guard let gate = SecurityEventGate(provider) else { throw FederationRefusal.unknownProvider }
        return try await countingMessage(metrics.event, of: provider) {
            try gate.checkIssuer(of: token)
            let event = try await connection.eventKeySet().judging { keys throws(FederationRefusal) in
                try gate.verify(token, keys: keys, at: parts.sessions.clock().seconds)
            }
            guard let identity = event.identity else { return 0 }
            // Repeated later, it ends the same sessions: those from before the event.
            let use = UsedOnce.securityEvent(
                of: provider.issuer, named: event.id, issuedAt: event.issuedAt,
                forgottenAfter: LogoutTokenGate.longestAge + 2 * ProviderToken.leeway)
            return try await parts.identities.endSessions(
                .ofIdentity(identity), openedBefore: Timestamp(seconds: event.happenedAt + 1), token: use,
                provider: provider.id.value) ?? 0
        }
    }

    private func countingMessage(
        _ count: (ProviderID, String) -> Void, of provider: Provider, _ work: () async throws -> Int
    ) async throws -> Int {
        do {
            let ended = try await work()
            count(provider.id, "accepted")
            return ended
        } catch {
            let refusal = error as? FederationRefusal
            count(provider.id, refusal?.rawValue ?? "unavailable")
            if let refusal {
                logger.warning(
                    "A message of a provider was refused",
                    metadata: ["provider": "\(provider.id)", "reason": "\(refusal.rawValue)"])
            }
            throw error
        }
    }
}

extension SHA256.Digest {
    /// The bytes as lower-case hexadecimal digits.
    fileprivate var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
