/// What is special about a well-known provider: the defaults of a provider with this id.
package struct ProviderPreset: Sendable {
    /// The ids that have defaults of their own.
    package enum WellKnown: String, CaseIterable, Sendable {
        case google, apple, microsoft, gitlab
    }

    package var name: String
    package var issuer = ""
    package var issuerAliases: [String] = []
    package var clientAuthentication = ClientAuthentication.Method.basic
    package var prompt = ""
    package var events: Provider.EventSource?

    /// The preset of a provider's id. One that is not known has nothing special.
    package init(id: String) {
        switch WellKnown(rawValue: id) {
        case .google:
            name = "Google"
            issuer = "https://accounts.google.com"
            issuerAliases = ["accounts.google.com"]
            prompt = "select_account"
            // With a slash, unlike the issuer of ID tokens.
            events = Provider.EventSource(
                issuer: "https://accounts.google.com/", jwksURI: "https://www.googleapis.com/oauth2/v3/certs")
        case .apple:
            name = "Apple"
            issuer = "https://appleid.apple.com"
            // Its metadata had this issuer while its tokens had the other one.
            issuerAliases = ["https://account.apple.com"]
            clientAuthentication = .apple
        case .microsoft:
            // Each tenant is an issuer of its own, so there is no default.
            name = "Microsoft"
            prompt = "select_account"
        case .gitlab:
            name = "GitLab"
            issuer = "https://gitlab.com"
        case nil: name = id
        }
    }
}
