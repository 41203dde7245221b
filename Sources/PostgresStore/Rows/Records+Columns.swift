import TokenCore

extension RefreshTokenRecord {
    init(columns: Columns, from start: Int) throws {
        guard let generation = UInt32(exactly: columns.integer(start)),
            let hash = TokenHash(bytes: columns.bytes(start + 1))
        else { throw CorruptRow(table: "refresh_tokens") }
        self.init(
            generation: Generation(generation), hash: hash, nonce: RotationNonce(bytes: columns.bytes(start + 2)),
            rotatedAt: columns.time(start + 3), retries: columns.integer(start + 4))
    }
}

extension SessionRecord {
    init(columns: Columns, from start: Int) throws {
        guard let scope = Scope(columns.text(start + 3)) else { throw CorruptRow(table: "sessions") }
        var ending: Ending?
        if let at = columns.optionalTime(start + 12) {
            guard let reason = Reason(rawValue: columns.text(start + 13)) else { throw CorruptRow(table: "sessions") }
            ending = Ending(at: at, reason: reason, detail: columns.optionalText(start + 14))
        }
        self.init(
            id: try columns.id(start), subject: SubjectID(columns.text(start + 1)),
            client: ClientID(columns.text(start + 2)), scope: scope,
            device: Device(
                name: columns.optionalText(start + 4), address: columns.optionalText(start + 5),
                userAgent: columns.optionalText(start + 6)),
            authenticationMethods: columns.text(start + 7).split(separator: " ").map(String.init),
            authenticatedAt: columns.time(start + 8), createdAt: columns.time(start + 9),
            expiresAt: columns.time(start + 10), epoch: columns.time(start + 11), ending: ending)
    }
}

extension SubjectRecord {
    init(columns: Columns, from start: Int) throws {
        guard let state = State(rawValue: columns.text(start + 1)) else { throw CorruptRow(table: "subjects") }
        var account: Account?
        if let username = columns.optionalText(start + 6) {
            account = Account(
                username: username, usernameKey: columns.text(start + 7),
                password: PasswordHash(phc: columns.text(start + 8)), passwordVersion: columns.integer(start + 9))
        }
        self.init(
            id: SubjectID(columns.text(start)), state: state, epoch: columns.time(start + 2),
            openSessions: columns.integer(start + 3), createdAt: columns.time(start + 4),
            expiresAt: columns.optionalTime(start + 5), account: account)
    }
}

extension Session {
    /// Token, session and subject, as `Query.sessions` has them.
    init(columns: Columns) throws {
        self.init(
            session: try SessionRecord(columns: columns, from: 5), token: try RefreshTokenRecord(columns: columns, from: 0),
            subject: try SubjectRecord(columns: columns, from: 20))
    }

    /// The same and the client, as `Query.session` has them.
    init(withClient columns: Columns) throws {
        try self.init(columns: columns)
        if session.client != .web { client = columns.isNull(30) ? nil : try ClientRecord(columns: columns, from: 30) }
    }
}

extension SigningKeyRecord {
    init(columns: Columns) throws {
        guard let state = State(rawValue: columns.text(2)) else { throw CorruptRow(table: "signing_keys") }
        self.init(
            id: columns.text(0), algorithm: columns.text(1), state: state, sealedPrivateKey: columns.bytes(3),
            createdAt: columns.time(4), activatedAt: columns.optionalTime(5), expiresAt: columns.optionalTime(6))
    }

    var values: [PostgresValue] {
        [
            .text(id), .text(algorithm), .text(state.rawValue), .bytes(sealedPrivateKey), .time(createdAt),
            .time(activatedAt), .time(expiresAt),
        ]
    }
}

extension ClientRecord {
    private static let hashLength = 32

    init(columns: Columns, from start: Int) throws {
        let hashes = columns.bytes(start + 1)
        guard hashes.count % ClientRecord.hashLength == 0, let format = AccessTokenFormat(rawValue: columns.text(start + 2))
        else { throw CorruptRow(table: "clients") }
        self.init(
            id: ClientID(columns.text(start)),
            secretHashes: stride(from: 0, to: hashes.count, by: ClientRecord.hashLength).map {
                Array(hashes[$0..<$0 + ClientRecord.hashLength])
            },
            jwks: columns.optionalText(start + 5), accessTokenFormat: format,
            allowedScope: columns.optionalText(start + 3).flatMap { Scope($0) },
            createdAt: columns.time(start + 4))
    }

    var values: [PostgresValue] {
        [
            .text(id.value), .bytes(Array(secretHashes.joined())), .text(accessTokenFormat.rawValue),
            .text(allowedScope?.description), .time(createdAt), .text(jwks),
        ]
    }
}

extension StoredEvent {
    init(columns: Columns) throws {
        guard let kind = EventRecord.Kind(rawValue: columns.text(0)) else { throw CorruptRow(table: "events") }
        self.init(
            number: columns.integer(7),
            event: EventRecord(
                kind, at: columns.time(1), subject: columns.optionalText(2).map { SubjectID($0) },
                session: columns.isNull(3) ? nil : try columns.id(3),
                client: columns.optionalText(4).map { ClientID($0) }, address: columns.optionalText(5),
                detail: columns.optionalText(6)))
    }
}

extension RevocationRecord {
    init(columns: Columns, from start: Int) throws {
        let target: Target
        switch (columns.text(start + 1), columns.optionalTime(start + 3)) {
        case ("session", _):
            guard let id = SessionID(columns.text(start + 2)) else { throw CorruptRow(table: "revocations") }
            target = .session(id)
        case ("subject", let before?): target = .subject(SubjectID(columns.text(start + 2)), openedBefore: before)
        default: throw CorruptRow(table: "revocations")
        }
        self.init(
            sequence: columns.integer(start), target: target, at: columns.time(start + 4),
            until: columns.time(start + 5))
    }

    /// Kind, target and bound, as they are stored.
    var stored: (kind: String, target: String, before: Timestamp?) {
        switch target {
        case .session(let id): ("session", id.description, nil)
        case .subject(let id, let before): ("subject", id.value, before)
        }
    }
}
