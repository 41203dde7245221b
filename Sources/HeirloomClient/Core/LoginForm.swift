import StrictCoding

/// What a login sends.
package struct LoginForm: Sendable {
    /// How the person is authenticated.
    package enum Credential: Sendable {
        case password(username: String, password: String)
        /// An ID token of an OpenID provider, and the nonce that was used to get it.
        case idToken(provider: String, token: String, nonce: String)
    }

    let credential: Credential
    let device: String?
    let scope: String?
    let remember: Bool

    /// Makes a form from its parts.
    package init(_ credential: Credential, device: String? = nil, scope: String? = nil, remember: Bool = true) {
        self.credential = credential
        self.device = device
        self.scope = scope
        self.remember = remember
    }

    func body(clientID: String) -> [UInt8] {
        JSONWriter.object { json in
            switch credential {
            case .password(let username, let password):
                json.member("username", username)
                json.member("password", password)
            case .idToken(let provider, let token, let nonce):
                json.member("provider", provider)
                json.member("id_token", token)
                json.member("nonce", nonce)
            }
            json.member("client_id", clientID)
            if let device { json.member("device", device) }
            if let scope { json.member("scope", scope) }
            if !remember { json.member("remember", false) }
        }
    }
}
