import StrictCoding

/// The answer to a successful login or refresh, read strictly: a member of a wrong type or out of its limits makes it
/// no answer at all.
struct TokenAnswer {
    /// The accepted lifetimes of an access token, in seconds.
    static let lifetimes = 1...86_400

    let sessionID: String
    let subject: String
    let scope: String
    let refreshToken: String
    let accessToken: String
    /// Whether `token_type` is `DPoP`.
    let isBound: Bool
    let lifetime: Int

    init?(_ answer: ClientAnswer) {
        guard answer.status == 200, answer.hasMediaType("application/json"), answer.body.count <= 65_536,
            let json = try? JSONReader.read(answer.body, maximumDepth: 4),
            let type = json["token_type"]?.ascii, type == "Bearer" || type == "DPoP",
            let accessToken = TokenAnswer.token(json["access_token"], limit: 16_384),
            let refreshToken = TokenAnswer.token(json["refresh_token"], limit: 1024),
            let sessionID = TokenAnswer.token(json["session_id"], limit: 128),
            let subject = json["subject"]?.string, (1...1024).contains(subject.utf8.count),
            let lifetime = json["expires_in"]?.integer, TokenAnswer.lifetimes.contains(lifetime)
        else { return nil }
        switch json["scope"] {
        case nil, .null: scope = ""
        case .string(let text) where text.utf8.count <= 4096: scope = text
        default: return nil
        }
        self.sessionID = sessionID
        self.subject = subject
        self.refreshToken = refreshToken
        self.accessToken = accessToken
        self.lifetime = lifetime
        isBound = type == "DPoP"
    }

    /// A text of visible ASCII characters that is safe in a header field.
    private static func token(_ json: JSON?, limit: Int) -> String? {
        guard let text = json?.string, (1...limit).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return text
    }
}
