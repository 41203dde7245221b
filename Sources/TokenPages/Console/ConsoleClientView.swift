import TokenCore

/// A client as the console shows it. The templates read the members by their names.
struct ConsoleClientView {
    let id: String
    let link: String
    let isConfidential: Bool
    let isBuiltIn: Bool
    let secrets: Int
    let hasKeys: Bool
    /// A secret that was just made.
    let secret: String?
    /// Nil for a client that may ask for any scope.
    let scope: String?
    let permissions: [Permission]
    let isOpaque: Bool
    /// Whether it gets no token without a proof.
    let requiresProof: Bool
    let idleLifetime: Int?
    let absoluteLifetime: Int?
    let retryWindow: Int?
    /// Nil for a client that comes with the service.
    let created: RelativeTime?

    struct Permission {
        let name: String
        let isGiven: Bool
    }

    init(_ client: ClientRecord, secret: ClientSecret?, now: Timestamp, in text: any Texts) {
        id = client.id.value
        link = ConsoleLink.client(client.id.value)
        isConfidential = client.isConfidential
        isBuiltIn = client.id == .web
        secrets = client.secretHashes.count
        hasKeys = client.jwks != nil
        self.secret = secret?.plaintext
        scope = client.allowedScope?.description
        permissions =
            client.isConfidential
            ? ClientRecord.Permission.allCases.map { Permission(name: $0.rawValue, isGiven: client.may($0)) } : []
        isOpaque = client.accessTokenFormat == .opaque
        requiresProof = client.requiresProof
        idleLifetime = client.limits.idleLifetimeSeconds
        absoluteLifetime = client.limits.absoluteLifetimeSeconds
        retryWindow = client.limits.retryWindowSeconds
        created = isBuiltIn ? nil : RelativeTime(client.createdAt, now: now, in: text)
    }
}
