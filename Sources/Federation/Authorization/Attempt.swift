import Crypto
import StrictCoding
package import TokenCore

/// An attempt to sign in with a provider, from the button to the provider's response. Only the browser keeps it, sealed
/// in a cookie.
package struct Attempt: Sendable, Equatable {
    /// What follows when the person has been identified.
    package enum Purpose: Sendable, Equatable {
        /// Opens a session. `isFresh` demands that the provider authenticates the person anew.
        case signIn(client: ClientID, scope: Scope, isRemembered: Bool, isFresh: Bool = false)
        /// Links the identity to the subject of this session.
        case link(SessionID)
    }

    /// The longest path or URL to return to, in bytes. It is a part of a cookie.
    package static let longestReturn = 512
    /// What the names of all cookies of attempts begin with.
    package static let cookiePrefix = "__Host-heirloom-login-"
    /// How many characters of `state` are a part of the cookie's name.
    private static let cookieNameLength = 12

    package let provider: ProviderID
    /// The provider's issuer when the attempt began.
    package let issuer: String
    package let purpose: Purpose
    /// The path or URL that the browser gets after the sign-in; nil for the account page.
    package let returnTo: String?
    /// The `max_age` that was sent, in seconds.
    package let maxAgeSeconds: Int?
    package let createdAt: Timestamp
    package let expiresAt: Timestamp
    package let state: String
    package let nonce: String
    /// The code verifier of PKCE (RFC 7636).
    package let verifier: String

    package init(
        provider: ProviderID, issuer: String, purpose: Purpose, returnTo: String?, maxAgeSeconds: Int?,
        createdAt: Timestamp, expiresAt: Timestamp, state: String, nonce: String, verifier: String
    ) {
        self.provider = provider
        self.issuer = issuer
        self.purpose = purpose
        self.returnTo = returnTo
        self.maxAgeSeconds = maxAgeSeconds
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
    }

    /// Begins an attempt.
    ///
    /// - Parameters:
    ///   - returnTo: a checked path or URL. One that is too long is left out.
    ///   - lifetimeSeconds: how long the person may take.
    package init(
        at provider: Provider, purpose: Purpose, returnTo: String?, now: Timestamp, lifetimeSeconds: Int,
        entropy: Entropy
    ) {
        let (id, secret): (RandomBytes<16>, RandomBytes<16>) = (entropy.bytes(), entropy.bytes())
        let (nonce, verifier): (RandomBytes<32>, RandomBytes<32>) = (entropy.bytes(), entropy.bytes())
        self.init(
            provider: provider.id, issuer: provider.issuer, purpose: purpose,
            returnTo: returnTo.flatMap { $0.utf8.count <= Attempt.longestReturn ? $0 : nil },
            maxAgeSeconds: purpose.isFresh ? 0 : provider.maxAgeSeconds, createdAt: now,
            expiresAt: now + lifetimeSeconds, state: Base64URL.encode(id.bytes + secret.bytes),
            nonce: Base64URL.encode(nonce.bytes), verifier: Base64URL.encode(verifier.bytes))
    }

    /// The id of the attempt that a `state` names; nil for a text that is no `state` of this service.
    package static func id(of state: String) -> AttemptID? {
        guard let bytes = Base64URL.decode(state.utf8), bytes.count == 2 * AttemptID.byteCount else { return nil }
        return AttemptID(prefixOf: bytes)
    }

    /// The name of the cookie that holds the attempt of a `state`; nil for a text that is no `state` of this service.
    package static func cookieName(of state: String) -> String? {
        guard id(of: state) != nil else { return nil }
        return cookiePrefix + String(decoding: state.utf8.prefix(cookieNameLength), as: UTF8.self)
    }

    /// The challenge of PKCE for the verifier (RFC 7636 §4.2, S256).
    var challenge: String { Base64URL.encode(SHA256.hash(data: Array(verifier.utf8))) }
}

extension Attempt.Purpose {
    /// Whether the provider must authenticate the person anew.
    var isFresh: Bool {
        if case .signIn(_, _, _, let isFresh) = self { isFresh } else { false }
    }
}
