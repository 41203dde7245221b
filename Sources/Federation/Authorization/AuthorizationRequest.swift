import StrictCoding

/// The authorization request of an attempt (OpenID Connect Core §3.1.2.1): code flow with PKCE, `state` and `nonce`.
struct AuthorizationRequest {
    let provider: Provider
    let metadata: ProviderMetadata
    let attempt: Attempt
    let redirectURI: String

    /// The URL that the browser is sent to.
    var url: String {
        var fields: [(name: String, value: String)] = [
            ("response_type", "code"), ("client_id", provider.clientID), ("redirect_uri", redirectURI),
            ("scope", provider.scopes.joined(separator: " ")), ("state", attempt.state), ("nonce", attempt.nonce),
            ("code_challenge", attempt.challenge), ("code_challenge_method", "S256"),
        ]
        if let prompt { fields.append(("prompt", prompt)) }
        if let maxAge = attempt.maxAgeSeconds { fields.append(("max_age", String(maxAge))) }
        // The query is the default of the code flow.
        if provider.responseMode == .formPost { fields.append(("response_mode", provider.responseMode.rawValue)) }
        // The endpoint may have a query of its own, which stays (RFC 6749 §3.1).
        let endpoint = metadata.authorizationEndpoint
        let separator = endpoint.utf8.contains(UInt8(ascii: "?")) ? "&" : "?"
        return endpoint + separator + FormEncoding.encode(fields)
    }

    private var prompt: String? { attempt.purpose.isFresh ? "login" : provider.prompt }
}
