import StrictCoding
package import TokenCore

/// An OpenID provider as the configuration describes it: its audiences, and the parameters of its requests.
package struct Provider: Sendable {
    package let id: ProviderID
    /// The name that people read.
    package var name: String
    /// The issuer identifier. It is compared byte for byte, and it is the issuer of all identities of this provider.
    package var issuer: String
    /// Other spellings of the issuer that metadata, responses and tokens may have.
    package var issuerAliases: [String]
    package var clientID: String
    package var clientAuthentication: ClientAuthentication
    package var scopes: [String]
    /// The parameter `prompt` of the authorization request; nil for none.
    package var prompt: String?
    /// The parameter `max_age` of the authorization request, in seconds; nil for none.
    package var maxAgeSeconds: Int?
    /// The algorithms that its tokens may be signed with.
    package var algorithms: [AcceptedAlgorithm]
    /// The clients whose ID tokens an application may present; empty if none may.
    package var audiences: [String]
    package var nonceHash: NonceHash
    package var signUp: SignInByIdentity.SignUp
    /// What the claims of a person must be.
    package var requirements: Requirements
    package var responseMode: ResponseMode
    /// Whether the provider may end sessions by OpenID Connect Back-Channel Logout.
    package var acceptsLogouts: Bool
    /// Who signs the security events that the provider pushes; nil if it pushes none.
    package var events: EventSource?
    /// Certificates that are trusted beside those of the system.
    package var caFile: String?

    package init(
        id: ProviderID, name: String, issuer: String, issuerAliases: [String] = [], clientID: String,
        clientAuthentication: ClientAuthentication, scopes: [String] = ["openid"], prompt: String? = nil,
        maxAgeSeconds: Int? = nil, algorithms: [AcceptedAlgorithm] = [.rs256], audiences: [String] = [],
        nonceHash: NonceHash = .sha256, signUp: SignInByIdentity.SignUp = .automatic,
        requirements: Requirements = .none,
        responseMode: ResponseMode = .query, acceptsLogouts: Bool = true, events: EventSource? = nil,
        caFile: String? = nil
    ) {
        self.id = id
        self.name = name
        self.issuer = issuer
        self.issuerAliases = issuerAliases
        self.clientID = clientID
        self.clientAuthentication = clientAuthentication
        self.scopes = scopes
        self.prompt = prompt
        self.maxAgeSeconds = maxAgeSeconds
        self.algorithms = algorithms
        self.audiences = audiences
        self.nonceHash = nonceHash
        self.signUp = signUp
        self.requirements = requirements
        self.responseMode = responseMode
        self.acceptsLogouts = acceptsLogouts
        self.events = events
        self.caFile = caFile
    }

    /// Whether a text is the issuer or one of its other spellings, byte for byte.
    package func isIssuer(_ text: String) -> Bool {
        issuer.isExactly(text) || issuerAliases.contains { $0.isExactly(text) }
    }

    /// The path below the service's issuer that the provider sends browsers back to. Each provider has its own, so the
    /// response of one cannot be taken for that of another (RFC 9700 §4.4.2.2).
    package var callbackPath: String { "/login/\(id)/callback" }
}

extension Provider {
    /// The algorithms of RFC 7518 §3.1 and RFC 8037 §3.1 that a provider may sign with.
    package enum AcceptedAlgorithm: String, CaseIterable, Sendable {
        case rs256 = "RS256"
        case rs384 = "RS384"
        case rs512 = "RS512"
        case ps256 = "PS256"
        case es256 = "ES256"
        case eddsa = "EdDSA"
    }

    /// How the `nonce` in an ID token follows from the `nonce` that an application presents with it.
    package enum NonceHash: String, CaseIterable, Sendable {
        /// The token holds the SHA-256 in hex.
        case sha256
        /// The token holds the same text.
        case none
    }

    /// How the provider returns its response (OAuth 2.0 Multiple Response Types; Form Post Response Mode).
    package enum ResponseMode: String, CaseIterable, Sendable {
        case query
        case formPost = "form_post"
    }

    /// Who signs security events, and where the keys are.
    package struct EventSource: Sendable, Equatable {
        package let issuer: String
        package let jwksURI: String

        package init(issuer: String, jwksURI: String) {
            self.issuer = issuer
            self.jwksURI = jwksURI
        }
    }
}
