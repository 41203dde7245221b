import Testing
package import TokenCore

/// Rows that the first version of the schema could hold, for the tests of its migrations.
package enum FirstVersionRows {
    private static let uuid = "00000000-03e8-7000-8000-000000000001"

    /// The statements that insert the rows.
    ///
    /// - Parameters:
    ///   - sessionID: the literal of a session id, from the sixteen bytes in hexadecimal.
    ///   - zeros: the literal of so many bytes 0.
    ///   - version: the newest step that the database has.
    package static func statements(
        sessionID: (String) -> String, zeros: (Int) -> String, version: Int
    ) -> String {
        // Step 9 renames the column.
        let retries = version < 9 ? "retries" : "retry_count"
        let id = sessionID(uuid.replacing("-", with: ""))
        return """
            INSERT INTO subjects (
                subject_id, state, epoch, open_sessions, created_at, expires_at, username, username_key, password,
                password_version)
            VALUES
                ('ada', 'active', 0, 1, 1000, NULL, 'Ada', 'ada', '$x$', 0),
                ('eve@elsewhere', 'active', 0, 0, 1000, 9000, NULL, NULL, NULL, NULL);
            INSERT INTO sessions (
                session_id, subject_id, client_id, scope, device, address, user_agent, amr, authenticated_at,
                created_at, expires_at, epoch, ended_at, end_reason, end_detail)
            VALUES (
                \(id), 'ada', 'web', 'read', 'Laptop', NULL, NULL, 'pwd otp', 1000, 1000, 9000, 0, 3000, 'reuse',
                '2 generations behind');
            INSERT INTO refresh_tokens (session_id, generation, hash, nonce, rotated_at, \(retries))
            VALUES (\(id), 3, \(zeros(32)), \(zeros(16)), 2000, 1);
            INSERT INTO clients (client_id, secret_hashes, token_format, allowed_scope, created_at)
            VALUES ('api', \(zeros(32)), 'opaque', 'read', 1000), ('any', \(zeros(32)), 'jwt', NULL, 1000);
            INSERT INTO revocations VALUES (7, 'subject', 'ada', 500, 1000, 9000);
            INSERT INTO events (kind, at, subject_id, detail, expires_at) VALUES
                ('login', 1000, 'ada', '1 of many', 9000),
                ('reuse_detected', 3000, 'ada', '2 generations behind, 5 s after the last rotation', 9000);
            """
    }

    /// Records an issue for each row that a store does not return as it was inserted.
    ///
    /// - Parameter version: the newest step that the database had when the rows were inserted.
    package static func check(in store: some Store, from version: Int) async throws {
        func seconds(_ seconds: Int) -> Timestamp { Timestamp(seconds: seconds) }
        func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        let ada = SubjectRecord(
            id: SubjectID("ada"), openSessions: 1, createdAt: seconds(1),
            account: SubjectRecord.Account(username: "Ada", usernameKey: "ada", password: PasswordHash(phc: "$x$")))
        let id = try #require(SessionID(uuid))
        let record = SessionRecord(
            id: id, subject: ada.id, client: .web, scope: try #require(Scope("read")), device: Device(name: "Laptop"),
            authenticationMethods: ["pwd", "otp"], authenticatedAt: seconds(1), createdAt: seconds(1),
            expiresAt: seconds(9), epoch: seconds(0),
            ending: SessionRecord.Ending(at: seconds(3), reason: .reuse, detail: "2 generations behind"))
        let token = RefreshTokenRecord(
            generation: Generation(3), hash: try #require(TokenHash(bytes: zeros(32))),
            nonce: RotationNonce(bytes: zeros(16)), rotatedAt: seconds(2), retries: 1)
        // Clients of a version without rights keep what they could do. Step 7 makes the row of the built-in one.
        var web = ClientRecord.web
        web.allowedScope = version < 7 ? nil : Scope.none
        let session = Session(record: record, token: token, subject: Session.Subject(ada), client: web)
        #expect(try await store.session(id) == session)
        #expect(try await store.subjects(named: UsernameKeys(exact: "ada", folded: "")) == [ada])
        let secretHashes = [try #require(ClientSecretHash(bytes: zeros(32)))]
        let everything = Set(ClientRecord.Permission.allCases)
        let any = ClientRecord(
            id: ClientID("any"), secretHashes: secretHashes, allowedScope: nil, permissions: everything,
            createdAt: seconds(1))
        let api = ClientRecord(
            id: ClientID("api"), secretHashes: secretHashes, accessTokenFormat: .opaque, allowedScope: Scope("read"),
            permissions: everything, createdAt: seconds(1))
        #expect(try await store.clients() == [any, api, web])
        // An outside subject has no account, as before.
        let outside = SubjectRecord(id: SubjectID("eve@elsewhere"), createdAt: seconds(1), expiresAt: seconds(9))
        #expect(try await store.subject(outside.id) == outside)
        #expect(try await store.usersWithoutName(after: nil, limit: 9).isEmpty)
        #expect(try await store.identities(of: ada.id, limit: 9).isEmpty)
        let entry = RevocationRecord(
            sequence: 7, target: .subject(ada.id, openedBefore: Timestamp(milliseconds: 500)), at: seconds(1),
            until: seconds(9))
        #expect(try await store.revocations(after: 0, limit: 9).entries == [entry])
        let events = try await store.events(EventQuery(subject: ada.id), limit: 9)
        #expect(events.map(\.kind) == [.reuseDetected, .login])
        // These rows leave the column of the third migration null. The number is then read from the text.
        #expect(events.map(\.generationsBehind) == [2, nil])
    }
}
