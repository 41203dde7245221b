/// How this service authenticates as a client at a provider's token endpoint (OpenID Connect Core §9).
package enum ClientAuthentication: Sendable {
    /// HTTP Basic with the encoded secret (RFC 6749 §2.3.1).
    case basic(ProviderSecret)
    /// The secret in the form.
    case post(ProviderSecret)
    /// An assertion that a private key signs (RFC 7523 §2.2).
    case privateKey(ProviderClientKey)
    /// Apple's secret: a token that names the team and that a private key signs.
    case apple(ProviderClientKey, teamID: String)
    /// A public client. PKCE alone protects the code.
    case none
}

extension ClientAuthentication {
    /// The names of the methods, as metadata and the configuration have them.
    package enum Method: String, CaseIterable, Sendable {
        case basic = "client_secret_basic"
        case post = "client_secret_post"
        case privateKey = "private_key_jwt"
        case apple
        case none
    }

    package var method: Method {
        switch self {
        case .basic: .basic
        case .post: .post
        case .privateKey: .privateKey
        case .apple: .apple
        case .none: .none
        }
    }
}
