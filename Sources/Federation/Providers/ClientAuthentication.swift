/// How this service authenticates as a client at a provider's token endpoint (OpenID Connect Core §9).
package enum ClientAuthentication: Sendable {
    /// HTTP Basic with the encoded secret (RFC 6749 §2.3.1).
    case basic(ProviderSecret)
    /// The secret in the form.
    case post(ProviderSecret)
    /// An assertion that a private key signs (RFC 7523 §2.2).
    case privateKey(ClientKey)
    /// Apple's secret: a token that names the team and that a private key signs.
    case apple(ClientKey, teamID: String)
    /// A public client. PKCE alone protects the code.
    case none
}
