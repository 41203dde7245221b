import StrictCoding

extension StoredSession {
    /// The version of the format. A later one is not read.
    private static let version = 1
    /// The latest time that is accepted, in Unix seconds.
    private static let latestTime = 1 << 40

    /// Reads what ``encoded`` made; nil if it is anything else.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONReader.read(bytes, maximumDepth: 2),
            json["version"]?.integer == StoredSession.version,
            let issuer = json["issuer"]?.string, let clientID = json["client_id"]?.string,
            let id = json["session_id"]?.string, let subject = json["subject"]?.string,
            let scope = json["scope"]?.string, let refreshToken = json["refresh_token"]?.string,
            let token = json["access_token"]?.string,
            let receivedAt = StoredSession.number(json["access_received_at"], 0...StoredSession.latestTime),
            let lifetime = StoredSession.number(json["access_lifetime"], TokenAnswer.lifetimes),
            let presentations = StoredSession.number(json["presentations"], 0...1_000_000),
            let presentedAt = StoredSession.number(json["presented_at"], 0...StoredSession.latestTime),
            let isBound = json["access_is_bound"]?.bool
        else { return nil }
        var key: ProofKey?
        if let text = json["key"]?.string {
            guard let bytes = Base64URL.decode(text.utf8), let read = ProofKey(rawRepresentation: bytes) else {
                return nil
            }
            key = read
        }
        guard key != nil || !isBound else { return nil }
        self.issuer = issuer
        self.clientID = clientID
        self.id = id
        self.subject = subject
        self.scope = scope
        self.refreshToken = refreshToken
        self.access = AccessCredential(token: token, isBound: isBound, receivedAt: receivedAt, lifetime: lifetime)
        self.key = key
        self.presentations = presentations
        self.presentedAt = presentedAt
    }

    /// The session as JSON.
    var encoded: [UInt8] {
        JSONWriter.object { json in
            json.member("version", StoredSession.version)
            json.member("issuer", issuer)
            json.member("client_id", clientID)
            json.member("session_id", id)
            json.member("subject", subject)
            json.member("scope", scope)
            json.member("refresh_token", refreshToken)
            json.member("access_token", access.token)
            json.member("access_is_bound", access.isBound)
            json.member("access_received_at", access.receivedAt)
            json.member("access_lifetime", access.lifetime)
            json.member("presentations", presentations)
            json.member("presented_at", presentedAt)
            if let key { json.member("key", Base64URL.encode(key.rawRepresentation)) }
        }
    }

    private static func number(_ json: JSON?, _ range: ClosedRange<Int>) -> Int? {
        json?.integer.flatMap { range.contains($0) ? $0 : nil }
    }
}

extension JSON {
    /// The value of a Boolean; nil for any other type.
    fileprivate var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }
}
