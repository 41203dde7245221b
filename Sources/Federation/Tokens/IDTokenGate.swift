import Crypto
import StrictCoding
import TokenCore
package import TokenVerifier

/// Judges ID tokens (OpenID Connect Core §3.1.3.7). The signature is always checked. A token that fails a check is not
/// tried again with other rules.
package struct IDTokenGate: Sendable {
    /// The longest accepted token, in bytes. Some providers put the groups of a person into it.
    package static let maximumLength = 32_768
    /// How long ago a token may have been issued, in seconds.
    package static let longestAge = 600

    private let provider: Provider
    private let jws: StrictJWS

    /// What a token must say, besides what the provider's configuration demands.
    package struct Expectation: Sendable {
        /// The text that `nonce` must be.
        package var nonce: String
        /// The clients that the token may be for.
        package var clients: [String]
        /// The access token that came with it; nil if there is none to compare `at_hash` with.
        package var accessToken: String?
        /// The `max_age` that was sent, and when, both in seconds; nil if none was sent.
        package var maxAge: (seconds: Int, sentAt: Int)?

        package init(
            nonce: String, clients: [String], accessToken: String? = nil, maxAge: (seconds: Int, sentAt: Int)? = nil
        ) {
            self.nonce = nonce
            self.clients = clients
            self.accessToken = accessToken
            self.maxAge = maxAge
        }
    }

    /// - Parameter published: the algorithms that the provider says it uses; nil if it does not say.
    package init(_ provider: Provider, published: [String]? = nil) {
        self.provider = provider
        jws = StrictJWS(
            types: [nil, "jwt"], algorithms: provider.algorithms(published: published), mayLackKeyID: true,
            maximumLength: IDTokenGate.maximumLength)
    }

    /// Checks the issuer that a token names, before any key is looked for.
    package func checkIssuer(of token: String) throws(FederationRefusal) {
        guard let issuer = ProviderToken.claimedIssuer(of: token, jws: jws) else { throw .tokenMalformed }
        guard provider.isIssuer(issuer) else { throw .tokenIssuerWrong }
    }

    /// Verifies a token at a time in Unix seconds.
    ///
    /// - Throws: the first check that fails.
    package func verify(
        _ token: String, keys: VerificationKeys, expecting expectation: Expectation, at now: Int
    ) throws(FederationRefusal) -> IDToken {
        let verified = try ProviderToken(token, jws: jws, keys: keys)
        let claims = verified.claims
        guard claims["iss"]?.string.map(provider.isIssuer) == true else { throw .tokenIssuerWrong }
        try IDTokenGate.checkAudience(of: verified, clients: expectation.clients)
        let issuedAt = try verified.checkTimes(at: now, longestAge: IDTokenGate.longestAge, mustExpire: true)
        guard let nonce = claims["nonce"]?.string, nonce.equalsInConstantTime(expectation.nonce) else {
            throw .tokenNonceWrong
        }
        guard let subject = claims["sub"]?.string, ProviderToken.isSubject(subject),
            let identity = Identity(issuer: provider.issuer, providerSubject: subject)
        else { throw .tokenSubjectWrong }
        try IDTokenGate.checkHash(in: verified, of: expectation.accessToken)
        return IDToken(
            identity: identity, sessionID: try verified.sessionID(), issuedAt: issuedAt,
            authenticatedAt: try IDTokenGate.authenticationTime(in: verified, expectation.maxAge, at: now),
            claims: claims)
    }

    /// `aud` names one of our clients, and others only if `azp` is ours. `azp` is ours if it is there.
    private static func checkAudience(of token: ProviderToken, clients: [String]) throws(FederationRefusal) {
        func isOurs(_ name: String) -> Bool { clients.contains { $0.isExactly(name) } }
        let audience = try token.audience()
        guard audience.contains(where: isOurs) else { throw .tokenAudienceWrong }
        switch token.claims["azp"] {
        case nil:
            guard audience.allSatisfy(isOurs) else { throw .tokenAudienceWrong }
        case .string(let party):
            guard isOurs(party) else { throw .tokenPartyWrong }
        default: throw .tokenPartyWrong
        }
    }

    /// `at_hash`, where it is there, is the left half of the access token's hash (§3.1.3.6).
    private static func checkHash(in token: ProviderToken, of accessToken: String?) throws(FederationRefusal) {
        guard let accessToken, let claim = token.claims["at_hash"] else { return }
        let hash: [UInt8]
        switch token.algorithm {
        case "RS384": hash = Array(SHA384.hash(data: Array(accessToken.utf8)))
        // Ed25519 hashes with SHA-512 itself (RFC 8032 §5.1).
        case "RS512", "EdDSA": hash = Array(SHA512.hash(data: Array(accessToken.utf8)))
        default: hash = Array(SHA256.hash(data: Array(accessToken.utf8)))
        }
        let expected = Base64URL.encode(hash.prefix(hash.count / 2))
        guard claim.string?.equalsInConstantTime(expected) == true else { throw .tokenHashWrong }
    }

    /// `auth_time`, if `max_age` was sent. The provider has judged it when the request came, so it is compared with
    /// that time: the person may have taken minutes since.
    private static func authenticationTime(
        in token: ProviderToken, _ maxAge: (seconds: Int, sentAt: Int)?, at now: Int
    ) throws(FederationRefusal) -> Int? {
        let time = try token.time("auth_time")
        guard let maxAge else { return nil }
        guard let time, time >= maxAge.sentAt - maxAge.seconds - ProviderToken.leeway,
            time <= now + ProviderToken.leeway
        else { throw .authenticationTooOld }
        return time
    }
}
