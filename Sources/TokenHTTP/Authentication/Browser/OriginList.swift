/// The origins whose pages may call with cookies: the issuer's, and those of `http.allowedOrigins`.
struct OriginList: Sendable {
    /// The other origins, whose pages may read answers.
    let allowed: Set<String>
    let own: WebOrigin?

    init(issuer: String, allowed: [WebOrigin]) {
        own = WebOrigin(of: issuer)
        self.allowed = Set(allowed.map(\.text))
    }

    func contains(_ origin: String) -> Bool { origin == own?.text || allowed.contains(origin) }
}
