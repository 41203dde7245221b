import Foundation
import GRDB
import TokenCore

extension UUIDv7 {
    var data: Data { Data(bytes) }
}

extension SessionID {
    init(column: Data) throws {
        guard let uuid = UUIDv7(bytes: column) else { throw CorruptRow(table: "sessions") }
        self.init(uuid)
    }
}

extension Timestamp {
    init(column: Int64) { self.init(milliseconds: column) }

    init?(column: Int64?) {
        guard let column else { return nil }
        self.init(milliseconds: column)
    }
}

extension Family {
    /// The columns of `Query.family`.
    init(row: Row) throws {
        guard let generation = UInt32(exactly: row[0] as Int64), let hash = TokenHash(bytes: Array(row[1] as Data))
        else { throw CorruptRow(table: "refresh_tokens") }
        let token = RefreshTokenRecord(
            generation: Generation(generation), hash: hash,
            nonce: (row[2] as Data?).flatMap { RotationNonce(bytes: Array($0)) },
            rotatedAt: Timestamp(column: row[3] as Int64), retries: row[4])
        self.init(session: try Session(row: row), token: token, subject: try Subject(row: row, from: 20))
    }
}

extension Session {
    /// The columns of `Query.family`, from the sixth on.
    init(row: Row) throws {
        guard let scope = Scope(row[8] as String) else { throw CorruptRow(table: "sessions") }
        var ending: Ending?
        if let at = Timestamp(column: row[17] as Int64?) {
            guard let reason = Reason(rawValue: row[18]) else { throw CorruptRow(table: "sessions") }
            ending = Ending(at: at, reason: reason, detail: row[19])
        }
        self.init(
            id: try SessionID(column: row[5]), subject: SubjectID(row[6]), client: ClientID(row[7]), scope: scope,
            device: Device(name: row[9], address: row[10], userAgent: row[11]),
            authenticationMethods: (row[12] as String).split(separator: " ").map(String.init),
            authenticatedAt: Timestamp(column: row[13] as Int64), createdAt: Timestamp(column: row[14] as Int64),
            expiresAt: Timestamp(column: row[15] as Int64), epoch: Timestamp(column: row[16] as Int64),
            ending: ending)
    }

    var values: StatementArguments {
        [
            id.uuid.data, subject.value, client.value, scope.description, device.name, device.address,
            device.userAgent, authenticationMethods.joined(separator: " "), authenticatedAt.milliseconds,
            createdAt.milliseconds, expiresAt.milliseconds, epoch.milliseconds, ending?.at.milliseconds,
            ending?.reason.rawValue, ending?.detail,
        ]
    }
}

extension RefreshTokenRecord {
    func values(of id: SessionID) -> StatementArguments {
        [
            Int64(generation.number), Data(hash.bytes), nonce.map { Data($0.bytes) }, rotatedAt.milliseconds, retries,
            id.uuid.data,
        ]
    }
}

extension Subject {
    /// The subject's columns, from column `start` on.
    init(row: Row, from start: Int) throws {
        guard let state = State(rawValue: row[start + 1]) else { throw CorruptRow(table: "subjects") }
        var account: Account?
        if let username = row[start + 6] as String? {
            guard let key = row[start + 7] as String?, let password = row[start + 8] as String?,
                let version = row[start + 9] as Int?
            else { throw CorruptRow(table: "subjects") }
            account = Account(
                username: username, usernameKey: key, password: PasswordHash(phc: password), passwordVersion: version)
        }
        self.init(
            id: SubjectID(row[start]), state: state, epoch: Timestamp(column: row[start + 2] as Int64),
            openSessions: row[start + 3], createdAt: Timestamp(column: row[start + 4] as Int64),
            expiresAt: Timestamp(column: row[start + 5] as Int64?), account: account)
    }

    var values: StatementArguments {
        [
            id.value, state.rawValue, epoch.milliseconds, openSessions, createdAt.milliseconds,
            expiresAt?.milliseconds, account?.username, account?.usernameKey, account?.password.phc,
            account?.passwordVersion,
        ]
    }
}

extension SigningKeyRecord {
    init(row: Row) throws {
        guard let state = State(rawValue: row[2]) else { throw CorruptRow(table: "signing_keys") }
        self.init(
            id: row[0], algorithm: row[1], state: state, sealedPrivateKey: Array(row[3] as Data),
            createdAt: Timestamp(column: row[4] as Int64), activatedAt: Timestamp(column: row[5] as Int64?),
            expiresAt: Timestamp(column: row[6] as Int64?))
    }

    var values: StatementArguments {
        [
            id, algorithm, state.rawValue, Data(sealedPrivateKey), createdAt.milliseconds, activatedAt?.milliseconds,
            expiresAt?.milliseconds,
        ]
    }
}

extension Client {
    private static let hashLength = 32

    init(row: Row) throws {
        let hashes = Array(row[1] as Data)
        guard hashes.count % Client.hashLength == 0, let format = AccessTokenFormat(rawValue: row[2]) else {
            throw CorruptRow(table: "clients")
        }
        self.init(
            id: ClientID(row[0]),
            secretHashes: stride(from: 0, to: hashes.count, by: Client.hashLength).map {
                Array(hashes[$0..<$0 + Client.hashLength])
            },
            accessTokenFormat: format, allowedScope: (row[3] as String?).flatMap { Scope($0) },
            createdAt: Timestamp(column: row[4] as Int64))
    }

    var values: StatementArguments {
        [
            id.value, Data(secretHashes.joined()), accessTokenFormat.rawValue, allowedScope?.description,
            createdAt.milliseconds,
        ]
    }
}

extension Event {
    init(row: Row) throws {
        guard let kind = Kind(rawValue: row[0]) else { throw CorruptRow(table: "events") }
        self.init(
            kind, at: Timestamp(column: row[1] as Int64), subject: (row[2] as String?).map { SubjectID($0) },
            session: try (row[3] as Data?).map { try SessionID(column: $0) },
            client: (row[4] as String?).map { ClientID($0) }, address: row[5], detail: row[6])
    }

    var values: StatementArguments {
        [
            kind.rawValue, at.milliseconds, subject?.value, session?.uuid.data, client?.value, address, detail,
            (at + Event.retentionSeconds).milliseconds,
        ]
    }
}

extension Revocation {
    init(row: Row) throws {
        let target: Target
        switch (row[1] as String, row[3] as Int64?) {
        case ("session", _):
            guard let id = SessionID(row[2] as String) else { throw CorruptRow(table: "revocations") }
            target = .session(id)
        case ("subject", .some(let before)):
            target = .subject(SubjectID(row[2]), openedBefore: Timestamp(column: before))
        default: throw CorruptRow(table: "revocations")
        }
        self.init(
            sequence: row[0], target: target, at: Timestamp(column: row[4] as Int64),
            until: Timestamp(column: row[5] as Int64))
    }

    var values: StatementArguments {
        switch target {
        case .session(let id): ["session", id.description, nil, at.milliseconds, until.milliseconds]
        case .subject(let id, let before):
            ["subject", id.value, before.milliseconds, at.milliseconds, until.milliseconds]
        }
    }
}
