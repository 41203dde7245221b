import StoreRows
import TokenCore

/// The statements that search tables which grow.
let sql = Queries()

/// The statements of this store: members of the instance if they search a table which grows, else static.
struct Queries: QueryList {
    // MARK: Reading

    /// Without the client, which the sessions of a batch mostly share.
    let session = session(Session.ownColumns)
    let sessionWithDevice = session(Session.ownColumnsWithDevice)

    private static func session(_ columns: String) -> String {
        """
        SELECT \(columns)
        FROM refresh_tokens t
        JOIN sessions s ON s.session_id = t.session_id
        JOIN subjects u ON u.subject_id = s.subject_id
        WHERE t.session_id = ?
        """
    }

    /// Walks the sessions from the newest one on, or from a given one.
    static let openSessions = """
        SELECT \(Session.columns)
        FROM sessions s
        JOIN subjects u ON u.subject_id = s.subject_id
        JOIN refresh_tokens t ON t.session_id = s.session_id
        LEFT JOIN clients c ON c.client_id = s.client_id
        WHERE s.session_id < ? AND s.epoch = u.epoch AND s.ended_at IS NULL
            AND c.client_id IS NOT NULL
        ORDER BY s.session_id DESC
        LIMIT ?
        """

    let openSessionsOfSubject = """
        SELECT \(Session.columns)
        FROM subjects u
        JOIN sessions s ON s.subject_id = u.subject_id
        JOIN refresh_tokens t ON t.session_id = s.session_id
        LEFT JOIN clients c ON c.client_id = s.client_id
        WHERE u.subject_id = ? AND s.session_id < ? AND s.epoch = u.epoch AND s.ended_at IS NULL
            AND c.client_id IS NOT NULL
        ORDER BY s.session_id DESC
        LIMIT ?
        """

    let openSessionIDs = """
        SELECT s.session_id
        FROM subjects u
        JOIN sessions s ON s.subject_id = u.subject_id
        JOIN refresh_tokens t ON t.session_id = s.session_id
        WHERE u.subject_id = ?1 AND s.epoch = u.epoch AND s.ended_at IS NULL
            AND (t.rotated_at >= ?2 OR t.retry_recorded_at >= ?2)
        LIMIT ?3
        """

    /// Bounded by the index, however many sessions of the subject have ended.
    let sessionUses = """
        SELECT
            s.session_id, s.client_id, t.rotated_at, s.expires_at,
            s.client_id = 'web' OR EXISTS (
                SELECT 1 FROM clients c WHERE c.client_id = s.client_id AND c.created_at <= s.created_at)
        FROM sessions s
        JOIN refresh_tokens t ON t.session_id = s.session_id
        WHERE s.subject_id = ? AND s.epoch = ? AND s.ended_at IS NULL
        ORDER BY s.session_id LIMIT ?
        """

    let newestSession = """
        SELECT session_id FROM sessions WHERE subject_id = ? ORDER BY session_id DESC LIMIT 1
        """

    let expiredSessions = "SELECT session_id FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?"

    let subject = "SELECT \(SubjectRecord.columns) FROM subjects u WHERE u.subject_id = ?"
    let subjectsByName = """
        SELECT \(SubjectRecord.columns) FROM subjects u WHERE u.username_key = ?
        UNION ALL
        SELECT \(SubjectRecord.columns) FROM subjects u WHERE u.username_folded = ? AND u.username_key <> ?
        """

    let users = """
        SELECT \(SubjectRecord.columns) FROM subjects u WHERE u.username_key > ? ORDER BY u.username_key LIMIT ?
        """

    /// Walks the index of these users: the primary key has all subjects.
    let usersWithoutName = """
        SELECT \(SubjectRecord.columns) FROM subjects u INDEXED BY subjects_without_name
        WHERE u.username_key IS NULL AND u.password_version IS NOT NULL AND u.subject_id > ?
        ORDER BY u.subject_id LIMIT ?
        """

    let identity = "SELECT \(IdentityRecord.columns) FROM identities i WHERE i.identity_id = ?"
    let identitiesOfSubject = """
        SELECT \(IdentityRecord.columns) FROM identities i WHERE i.subject_id = ?
        ORDER BY i.created_at, i.identity_id LIMIT ?
        """

    let openSessionsOfIdentity = """
        SELECT x.session_id
        FROM upstream_sessions x
        JOIN sessions s ON s.session_id = x.session_id
        JOIN subjects u ON u.subject_id = s.subject_id
        WHERE x.identity_id = ? AND s.created_at < ? AND s.epoch = u.epoch AND s.ended_at IS NULL
        ORDER BY x.session_id LIMIT ?
        """

    let openSessionsOfUpstream = """
        SELECT x.session_id
        FROM upstream_sessions x
        JOIN sessions s ON s.session_id = x.session_id
        JOIN subjects u ON u.subject_id = s.subject_id
        WHERE x.sid_hash = ? AND x.identity_id = coalesce(?, x.identity_id) AND s.created_at < ?
            AND s.epoch = u.epoch AND s.ended_at IS NULL
        ORDER BY x.session_id LIMIT ?
        """

    let usersWithoutFoldedName = """
        SELECT \(SubjectRecord.columns) FROM subjects u
        WHERE u.username_key IS NOT NULL AND u.username_folded IS NULL LIMIT ?
        """

    static let usersWithSharedFoldedName = """
        SELECT \(SubjectRecord.columns) FROM subjects u
        WHERE u.username_key IS NOT NULL AND EXISTS (
            SELECT 1 FROM subjects o
            WHERE o.username_folded = u.username_folded AND o.username_key IS NOT NULL
                AND o.subject_id <> u.subject_id)
        ORDER BY u.username_folded, u.username_key LIMIT ?
        """

    static let signingKeys = "SELECT \(SigningKeyRecord.columns) FROM signing_keys ORDER BY created_at, key_id"

    let client = "SELECT \(ClientRecord.columns) FROM clients c WHERE c.client_id = ?"
    let clients = "SELECT \(ClientRecord.columns) FROM clients c WHERE c.client_id > ? ORDER BY c.client_id LIMIT ?"

    let usedOnce = "SELECT 1 FROM used_once WHERE named_at = ? AND hash = ?"

    let oneTimeLinkOfSubject = "SELECT \(OneTimeLink.columns) FROM one_time_links WHERE subject_id = ?"
    let oneTimeLink = "SELECT \(OneTimeLink.columns) FROM one_time_links WHERE hash = ?"

    /// The statements for the lists of events, by ``TokenCore/EventQuery/form``.
    let events = EventQuery.forms.map { form in
        // Of the two indexes the subject's is used: a kind may have any number of events.
        let filters =
            (form.hasSubject ? "subject_id = ? AND " : "")
            + (form.hasKind ? (form.hasSubject ? "+kind = ? AND " : "kind = ? AND ") : "")
        return """
            SELECT \(EventRecord.columns) FROM events WHERE \(filters)event_id > ? AND event_id < ?
            ORDER BY event_id \(form.isAscending ? "ASC" : "DESC") LIMIT ?
            """
    }

    let oldestEvent = "SELECT min(event_id) FROM events"
    let newestEvent = "SELECT max(event_id) FROM events"

    static let webhookCursor = "SELECT \(WebhookCursor.columns) FROM webhook_cursors WHERE name = ?"

    /// Whether a table has an expired row behind the first ones.
    let hasExpiredRows =
        ["revocations", "events", "one_time_links"].map { table in
            "SELECT 1 FROM \(table) WHERE expires_at <= ? ORDER BY expires_at LIMIT 1 OFFSET ?"
        } + [
            // Uses the primary key: nearly all rows this old are expired.
            """
            SELECT 1 FROM used_once WHERE named_at <= ?1 / 1000 - \(UsedOnce.usualSeconds) AND forgotten_at <= ?1
            ORDER BY named_at LIMIT 1 OFFSET \(UsedOnce.sweepFactor) * ?2
            """,
            """
            SELECT 1 FROM subjects u WHERE expires_at <= ?
            AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.subject_id = u.subject_id) LIMIT 1 OFFSET ?
            """,
        ]

    let revocations = """
        SELECT \(RevocationRecord.columns) FROM revocations WHERE sequence > ? ORDER BY sequence LIMIT ?
        """

    static let newestRevocation = "SELECT seq FROM sqlite_sequence WHERE name = 'revocations'"
    let oldestRevocation = "SELECT min(sequence) FROM revocations"

    static let statistics = "SELECT coalesce(sum(open_sessions), 0), count(password_version) FROM subjects"

    // MARK: Writing

    /// Changes no row of a new subject, and none whose name stays.
    static let renameSubject = """
        UPDATE subjects SET username = ?, username_key = ?, username_folded = ?
        WHERE subject_id = ? AND username_key IS NOT ?
        """

    static let saveSubject = """
        INSERT INTO subjects (
            subject_id, state, epoch, open_sessions, created_at, expires_at,
            username, username_key, username_folded, password, password_version, unlocks, claims, issued_from
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (subject_id) DO UPDATE SET
            state = excluded.state, epoch = excluded.epoch, open_sessions = excluded.open_sessions,
            expires_at = excluded.expires_at, username = excluded.username, username_key = excluded.username_key,
            username_folded = excluded.username_folded, password = excluded.password,
            password_version = excluded.password_version, unlocks = excluded.unlocks, claims = excluded.claims,
            issued_from = excluded.issued_from
        """

    static let insertSession = """
        INSERT INTO sessions (
            session_id, subject_id, client_id, scope, device, address, user_agent, amr,
            authenticated_at, created_at, expires_at, epoch, ended_at, end_reason, end_detail, remembered,
            claims, key_thumbprint, authenticated_here
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    let updateSession = """
        UPDATE sessions SET epoch = ?, ended_at = ?, end_reason = ?, end_detail = ? WHERE session_id = ?
        """

    static let insertToken = """
        INSERT INTO refresh_tokens (
            generation, hash, nonce, rotated_at, retry_count, retry_recorded_at, mismatch_recorded_at,
            key_mismatch_recorded_at, session_id
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    let updateToken = """
        UPDATE refresh_tokens SET
            generation = ?, hash = ?, nonce = ?, rotated_at = ?, retry_count = ?, retry_recorded_at = ?,
            mismatch_recorded_at = ?, key_mismatch_recorded_at = ?
        WHERE session_id = ?
        """

    let deleteSession = "DELETE FROM sessions WHERE session_id = ?"
    let deleteToken = "DELETE FROM refresh_tokens WHERE session_id = ?"

    let deleteUpstreamSession = "DELETE FROM upstream_sessions WHERE session_id = ?"
    static let insertUpstreamSession = """
        INSERT INTO upstream_sessions (session_id, identity_id, sid_hash) VALUES (?, ?, ?)
        """

    static let insertIdentity = """
        INSERT INTO identities (identity_id, issuer, provider_subject, subject_id, created_at, last_used_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """

    let updateIdentity = "UPDATE identities SET last_used_at = ? WHERE identity_id = ?"
    let deleteIdentity = "DELETE FROM identities WHERE identity_id = ?"

    static let saveSigningKey = """
        INSERT INTO signing_keys (key_id, algorithm, state, sealed_key, created_at, activated_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key_id) DO UPDATE SET
            state = excluded.state, sealed_key = excluded.sealed_key, activated_at = excluded.activated_at,
            expires_at = excluded.expires_at
        """

    let deleteSigningKey = "DELETE FROM signing_keys WHERE key_id = ?"

    static let saveClient = """
        INSERT INTO clients (
            client_id, secret_hashes, token_format, allowed_scope, created_at, jwks, permissions, idle_lifetime,
            absolute_lifetime, retry_window, dpop)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (client_id) DO UPDATE SET
            secret_hashes = excluded.secret_hashes, token_format = excluded.token_format,
            allowed_scope = excluded.allowed_scope, created_at = excluded.created_at, jwks = excluded.jwks,
            permissions = excluded.permissions, idle_lifetime = excluded.idle_lifetime,
            absolute_lifetime = excluded.absolute_lifetime, retry_window = excluded.retry_window, dpop = excluded.dpop
        """

    let deleteClient = "DELETE FROM clients WHERE client_id = ?"

    /// The row of the built-in client, which every database has, gives way to an archive's.
    static let deleteBuiltInClient = "DELETE FROM clients WHERE client_id = 'web'"

    /// An archive of a version that had no such row: the client may ask for any scope, as it could.
    static let insertBuiltInClient = """
        INSERT INTO clients (client_id, secret_hashes, token_format, created_at, permissions)
        SELECT 'web', x'', 'jwt', 0, '' WHERE NOT EXISTS (SELECT 1 FROM clients WHERE client_id = 'web')
        """

    static let insertUsedOnce = "INSERT INTO used_once (named_at, hash, forgotten_at) VALUES (?, ?, ?)"

    static let saveOneTimeLink = """
        INSERT INTO one_time_links (subject_id, purpose, hash, expires_at) VALUES (?, ?, ?, ?)
        ON CONFLICT (subject_id) DO UPDATE SET
            purpose = excluded.purpose, hash = excluded.hash, expires_at = excluded.expires_at
        """

    let deleteOneTimeLink = "DELETE FROM one_time_links WHERE subject_id = ?"

    static let insertEvent = """
        INSERT INTO events (
            kind, at, subject_id, session_id, client_id, address, detail, generations_behind, expires_at, actor
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    let deleteEvents = "DELETE FROM events WHERE event_id BETWEEN ? AND ?"

    static let saveWebhookCursor = """
        INSERT INTO webhook_cursors (name, event_id, failing_since, holder, held_until) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET
            event_id = excluded.event_id, failing_since = excluded.failing_since, holder = excluded.holder,
            held_until = excluded.held_until
        """

    static let insertRevocation = """
        INSERT INTO revocations (kind, target, opened_before, at, expires_at) VALUES (?, ?, ?, ?, ?)
        """

    /// Writes the first page of the file without changing it.
    static let probeWrite = "PRAGMA user_version = 0"

    /// Deletes expired rows. A subject that has sessions stays.
    let deleteExpired = [
        """
        DELETE FROM revocations WHERE sequence IN (
            SELECT sequence FROM revocations WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """,
        // Without the newest one, the next event would get a number again.
        """
        DELETE FROM events WHERE event_id IN (
            SELECT event_id FROM events WHERE expires_at <= ? AND event_id < (SELECT max(event_id) FROM events)
            ORDER BY expires_at LIMIT ?)
        """,
        """
        DELETE FROM used_once WHERE (named_at, hash) IN (
            SELECT named_at, hash FROM used_once
            WHERE named_at <= ?1 / 1000 - \(UsedOnce.usualSeconds) AND forgotten_at <= ?1
            ORDER BY named_at LIMIT \(UsedOnce.sweepFactor) * ?2)
        """,
        """
        DELETE FROM one_time_links WHERE subject_id IN (
            SELECT subject_id FROM one_time_links WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """,
        """
        DELETE FROM subjects WHERE subject_id IN (
            SELECT subject_id FROM subjects u WHERE expires_at <= ?
            AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.subject_id = u.subject_id) LIMIT ?)
        """,
    ]
}
