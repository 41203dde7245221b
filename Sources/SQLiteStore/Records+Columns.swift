import TokenCore

extension SessionID {
    init(column: [UInt8]) throws {
        guard let uuid = UUIDv7(bytes: column) else { throw CorruptRow(table: "sessions") }
        self.init(uuid)
    }
}

extension Session {
    /// The columns of `Query.session`.
    init(columns: Columns) throws {
        guard let generation = UInt32(exactly: columns.integer(0)), let hash = TokenHash(bytes: columns.blob(1)) else {
            throw CorruptRow(table: "refresh_tokens")
        }
        let token = RefreshTokenRecord(
            generation: Generation(generation), hash: hash, nonce: RotationNonce(bytes: columns.blob(2)),
            rotatedAt: columns.time(3), retries: columns.integer(4))
        self.init(
            session: try SessionRecord(columns: columns), token: token, subject: try SubjectRecord(columns: columns, from: 20))
    }
}

extension SessionRecord {
    /// The columns of `Query.session`, from the sixth on.
    fileprivate init(columns: Columns) throws {
        guard let scope = Scope(columns.text(8)) else { throw CorruptRow(table: "sessions") }
        var ending: Ending?
        if let at = columns.optionalTime(17) {
            guard let reason = Reason(rawValue: columns.text(18)) else { throw CorruptRow(table: "sessions") }
            ending = Ending(at: at, reason: reason, detail: columns.optionalText(19))
        }
        self.init(
            id: try SessionID(column: columns.blob(5)), subject: SubjectID(columns.text(6)),
            client: ClientID(columns.text(7)), scope: scope,
            device: Device(
                name: columns.optionalText(9), address: columns.optionalText(10), userAgent: columns.optionalText(11)),
            authenticationMethods: columns.text(12).utf8.split(separator: UInt8(ascii: " ")).map {
                String(decoding: $0, as: UTF8.self)
            },
            authenticatedAt: columns.time(13), createdAt: columns.time(14), expiresAt: columns.time(15),
            epoch: columns.time(16), ending: ending)
    }

    var values: [SQLiteValue] {
        [
            .blob(id.uuid.bytes), .text(subject.value), .text(client.value), .text(scope.description),
            .text(device.name), .text(device.address), .text(device.userAgent),
            .text(authenticationMethods.joined(separator: " ")), .time(authenticatedAt), .time(createdAt),
            .time(expiresAt), .time(epoch), .time(ending?.at), .text(ending?.reason.rawValue), .text(ending?.detail),
        ]
    }
}

extension RefreshTokenRecord {
    func values(of id: SessionID) -> [SQLiteValue] {
        [
            .integer(Int(generation.number)), .blob(hash.bytes), .blob(nonce?.bytes), .time(rotatedAt),
            .integer(retries), .blob(id.uuid.bytes),
        ]
    }
}

extension SubjectRecord {
    /// The subject's columns, from column `start` on.
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

    var values: [SQLiteValue] {
        [
            .text(id.value), .text(state.rawValue), .time(epoch), .integer(openSessions), .time(createdAt),
            .time(expiresAt), .text(account?.username), .text(account?.usernameKey), .text(account?.password.phc),
            account.map { .integer($0.passwordVersion) } ?? .null,
        ]
    }
}

extension SigningKeyRecord {
    init(columns: Columns) throws {
        guard let state = State(rawValue: columns.text(2)) else { throw CorruptRow(table: "signing_keys") }
        self.init(
            id: columns.text(0), algorithm: columns.text(1), state: state, sealedPrivateKey: columns.blob(3),
            createdAt: columns.time(4), activatedAt: columns.optionalTime(5), expiresAt: columns.optionalTime(6))
    }

    var values: [SQLiteValue] {
        [
            .text(id), .text(algorithm), .text(state.rawValue), .blob(sealedPrivateKey), .time(createdAt),
            .time(activatedAt), .time(expiresAt),
        ]
    }
}

extension ClientRecord {
    private static let hashLength = 32

    init(columns: Columns) throws {
        let hashes = columns.blob(1)
        guard hashes.count % ClientRecord.hashLength == 0, let format = AccessTokenFormat(rawValue: columns.text(2)) else {
            throw CorruptRow(table: "clients")
        }
        self.init(
            id: ClientID(columns.text(0)),
            secretHashes: stride(from: 0, to: hashes.count, by: ClientRecord.hashLength).map {
                Array(hashes[$0..<$0 + ClientRecord.hashLength])
            },
            jwks: columns.optionalText(5), accessTokenFormat: format,
            allowedScope: columns.optionalText(3).flatMap { Scope($0) },
            createdAt: columns.time(4))
    }

    var values: [SQLiteValue] {
        [
            .text(id.value), .blob(Array(secretHashes.joined())), .text(accessTokenFormat.rawValue),
            .text(allowedScope?.description), .time(createdAt), .text(jwks),
        ]
    }
}

extension StoredEvent {
    init(columns: Columns) throws {
        self.init(number: columns.integer(7), event: try EventRecord(columns: columns))
    }
}

extension EventRecord {
    init(columns: Columns) throws {
        guard let kind = Kind(rawValue: columns.text(0)) else { throw CorruptRow(table: "events") }
        let session = columns.blob(3)
        self.init(
            kind, at: columns.time(1), subject: columns.optionalText(2).map { SubjectID($0) },
            session: session.isEmpty ? nil : try SessionID(column: session),
            client: columns.optionalText(4).map { ClientID($0) }, address: columns.optionalText(5),
            detail: columns.optionalText(6))
    }

    var values: [SQLiteValue] {
        [
            .text(kind.rawValue), .time(at), .text(subject?.value), .blob(session?.uuid.bytes), .text(client?.value),
            .text(address), .text(detail), .time(at + EventRecord.retentionSeconds),
        ]
    }
}

extension RevocationRecord {
    init(columns: Columns) throws {
        let target: Target
        switch (columns.text(1), columns.optionalTime(3)) {
        case ("session", _):
            guard let id = SessionID(columns.text(2)) else { throw CorruptRow(table: "revocations") }
            target = .session(id)
        case ("subject", let before?): target = .subject(SubjectID(columns.text(2)), openedBefore: before)
        default: throw CorruptRow(table: "revocations")
        }
        self.init(sequence: columns.integer(0), target: target, at: columns.time(4), until: columns.time(5))
    }

    var values: [SQLiteValue] {
        switch target {
        case .session(let id): [.text("session"), .text(id.description), .null, .time(at), .time(until)]
        case .subject(let id, let before):
            [.text("subject"), .text(id.value), .time(before), .time(at), .time(until)]
        }
    }
}
