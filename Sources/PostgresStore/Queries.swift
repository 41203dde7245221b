import StoreRows
import TokenCore

/// The statements that search tables which grow.
let sql = Queries()

/// The statements of this store: members of the instance if they search a table which grows, else static.
struct Queries: QueryList {
    // MARK: Transactions and locks

    static let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
    static let commit = "COMMIT"
    static let rollback = "ROLLBACK"

    /// Whether a process of the server still runs a statement of this program.
    static let isAtWork = """
        SELECT EXISTS (
            SELECT 1 FROM pg_stat_activity
            WHERE pid = $1::bigint AND usename = current_user AND datname = current_database() AND state <> 'idle')
        """

    /// The first key keeps these locks apart from those of other applications.
    static let lockRegister = "SELECT pg_advisory_xact_lock(1214606444, $1::bigint::integer)"
    /// No other lock of this program has this first key. Two names with the same hash share a lock: one transaction
    /// then waits for the other without need. Sorted by the hash, so that all transactions lock in one order.
    static let lockWebhooks = """
        SELECT pg_advisory_xact_lock(1214606445, w.key)
        FROM (SELECT hashtext(n.name) AS key FROM unnest($1::text[]) AS n (name) ORDER BY 1) w
        """
    static let tryLockSweeper = "SELECT pg_try_advisory_xact_lock(1214606444, 100)"

    let tokensInUse = """
        SELECT t.session_id FROM refresh_tokens t
        WHERE t.session_id = ANY($1::uuid[]) AND t.session_id <> ALL (ARRAY(
            SELECT f.session_id FROM refresh_tokens f
            WHERE f.session_id = ANY($1::uuid[]) FOR NO KEY UPDATE SKIP LOCKED))
        """

    let subjectsInUse = """
        SELECT u.subject_id FROM subjects u
        WHERE u.subject_id = ANY($1::text[]) AND u.subject_id <> ALL (ARRAY(
            SELECT f.subject_id FROM subjects f
            WHERE f.subject_id = ANY($1::text[]) FOR NO KEY UPDATE SKIP LOCKED))
        """

    let subjectsOfSessions = """
        SELECT s.session_id, s.subject_id FROM sessions s WHERE s.session_id = ANY($1::uuid[])
        """

    let subjectsOfIdentities = """
        SELECT i.identity_id, i.subject_id FROM identities i WHERE i.identity_id = ANY($1::bytea[])
        """

    /// The lock on a session is the lock on the row of its token.
    let lockTokens = """
        SELECT t.session_id, \(RefreshTokenRecord.columns)
        FROM refresh_tokens t
        WHERE t.session_id = ANY($1::uuid[])
        ORDER BY t.session_id
        FOR NO KEY UPDATE
        """

    let lockSubjects = """
        SELECT \(SubjectRecord.columns)
        FROM subjects u
        WHERE u.subject_id = ANY($1::text[] || ARRAY(
            SELECT s.subject_id FROM sessions s WHERE s.session_id = ANY($2::uuid[])) || ARRAY(
            SELECT i.subject_id FROM identities i WHERE i.identity_id = ANY($3::bytea[])))
        ORDER BY u.subject_id
        FOR NO KEY UPDATE
        """

    /// The lock on an identity is the one on its subject.
    let lockedIdentities = "SELECT \(IdentityRecord.columns) FROM identities i WHERE i.identity_id = ANY($1::bytea[])"

    /// Reads what the locks on tokens and subjects protect, after they were granted.
    let lockedSessions = """
        SELECT \(Session.columnsWithoutToken)
        FROM sessions s
        JOIN subjects u ON u.subject_id = s.subject_id
        LEFT JOIN clients c ON c.client_id = s.client_id
        WHERE s.session_id = ANY($1::uuid[])
        """

    /// The sweeper does not wait for locks. It leaves out what is in use.
    let lockIdleTokens = """
        SELECT t.session_id, \(RefreshTokenRecord.columns)
        FROM refresh_tokens t
        WHERE t.session_id = ANY($1::uuid[])
        FOR NO KEY UPDATE SKIP LOCKED
        """

    let lockIdleSubjects = """
        SELECT \(SubjectRecord.columns)
        FROM subjects u
        WHERE u.subject_id = ANY(ARRAY(SELECT s.subject_id FROM sessions s WHERE s.session_id = ANY($1::uuid[])))
        FOR NO KEY UPDATE SKIP LOCKED
        """

    // MARK: Reading

    let session = """
        SELECT \(Session.columns)
        FROM refresh_tokens t
        JOIN sessions s ON s.session_id = t.session_id
        JOIN subjects u ON u.subject_id = s.subject_id
        LEFT JOIN clients c ON c.client_id = s.client_id
        WHERE t.session_id = $1::uuid
        """

    let openSessions = """
        SELECT \(Session.columns)
        FROM sessions s
        JOIN subjects u ON u.subject_id = s.subject_id
        JOIN refresh_tokens t ON t.session_id = s.session_id
        LEFT JOIN clients c ON c.client_id = s.client_id
        WHERE s.session_id < $1::uuid AND s.epoch = u.epoch AND s.ended_at IS NULL
            AND c.client_id IS NOT NULL
        ORDER BY s.session_id DESC
        LIMIT $2::bigint
        """

    let openSessionsOfSubject = """
        SELECT \(Session.columns)
        FROM subjects u
        JOIN sessions s ON s.subject_id = u.subject_id
        JOIN refresh_tokens t ON t.session_id = s.session_id
        LEFT JOIN clients c ON c.client_id = s.client_id
        WHERE u.subject_id = $1::text AND s.session_id < $2::uuid AND s.epoch = u.epoch AND s.ended_at IS NULL
            AND c.client_id IS NOT NULL
        ORDER BY s.session_id DESC
        LIMIT $3::bigint
        """

    let openSessionIDs = """
        SELECT s.session_id
        FROM subjects u
        JOIN sessions s ON s.subject_id = u.subject_id
        WHERE u.subject_id = $1::text AND s.epoch = u.epoch AND s.ended_at IS NULL
        LIMIT $2::bigint
        """

    /// Bounded by the index, however many sessions of the subject have ended.
    let sessionUses = """
        SELECT
            s.session_id, s.client_id, t.rotated_at, s.expires_at,
            (s.client_id = 'web' OR EXISTS (
                SELECT 1 FROM clients c WHERE c.client_id = s.client_id AND c.created_at <= s.created_at))::integer
        FROM sessions s
        JOIN refresh_tokens t ON t.session_id = s.session_id
        WHERE s.subject_id = $1::text AND s.epoch = $2::bigint AND s.ended_at IS NULL
        ORDER BY s.session_id LIMIT $3::bigint
        """

    let newestSession = """
        SELECT session_id FROM sessions WHERE subject_id = $1::text ORDER BY subject_id DESC, session_id DESC LIMIT 1
        """

    let expiredSessions = """
        SELECT session_id FROM sessions WHERE expires_at <= $1::bigint ORDER BY expires_at LIMIT $2::bigint
        """

    let subject = "SELECT \(SubjectRecord.columns) FROM subjects u WHERE u.subject_id = $1::text"
    let subjectsByName = """
        SELECT \(SubjectRecord.columns) FROM subjects u WHERE u.username_key = $1::text
        UNION ALL
        SELECT \(SubjectRecord.columns) FROM subjects u
        WHERE u.username_folded = $2::text AND u.username_key <> $1::text
        """

    let subjectsByNames = """
        SELECT \(SubjectRecord.columns) FROM subjects u WHERE u.username_key = ANY($1::text[])
        UNION
        SELECT \(SubjectRecord.columns) FROM subjects u WHERE u.username_folded = ANY($2::text[])
        """

    let users = """
        SELECT \(SubjectRecord.columns) FROM subjects u
        WHERE u.username_key > $1::text ORDER BY u.username_key LIMIT $2::bigint
        """

    let usersWithoutName = """
        SELECT \(SubjectRecord.columns) FROM subjects u
        WHERE u.username_key IS NULL AND u.password_version IS NOT NULL AND u.subject_id > $1::text
        ORDER BY u.subject_id LIMIT $2::bigint
        """

    let identity = "SELECT \(IdentityRecord.columns) FROM identities i WHERE i.identity_id = $1::bytea"
    let identitiesOfSubject = """
        SELECT \(IdentityRecord.columns) FROM identities i WHERE i.subject_id = $1::text
        ORDER BY i.created_at, i.identity_id LIMIT $2::bigint
        """

    let openSessionsOfIdentity = """
        SELECT x.session_id
        FROM upstream_sessions x
        JOIN sessions s ON s.session_id = x.session_id
        JOIN subjects u ON u.subject_id = s.subject_id
        WHERE x.identity_id = $1::bytea AND s.created_at < $2::bigint AND s.epoch = u.epoch AND s.ended_at IS NULL
        ORDER BY x.session_id LIMIT $3::bigint
        """

    let openSessionsOfUpstream = """
        SELECT x.session_id
        FROM upstream_sessions x
        JOIN sessions s ON s.session_id = x.session_id
        JOIN subjects u ON u.subject_id = s.subject_id
        WHERE x.sid_hash = $1::bytea AND x.identity_id = coalesce($2::bytea, x.identity_id)
            AND s.created_at < $3::bigint AND s.epoch = u.epoch AND s.ended_at IS NULL
        ORDER BY x.session_id LIMIT $4::bigint
        """

    let usersWithoutFoldedName = """
        SELECT \(SubjectRecord.columns) FROM subjects u
        WHERE u.username_key IS NOT NULL AND u.username_folded IS NULL LIMIT $1::bigint
        """

    static let usersWithSharedFoldedName = """
        SELECT \(SubjectRecord.columns) FROM subjects u
        WHERE u.username_key IS NOT NULL AND EXISTS (
            SELECT 1 FROM subjects o
            WHERE o.username_folded = u.username_folded AND o.username_key IS NOT NULL
                AND o.subject_id <> u.subject_id)
        ORDER BY u.username_folded, u.username_key LIMIT $1::bigint
        """

    static let signingKeys = "SELECT \(SigningKeyRecord.columns) FROM signing_keys ORDER BY created_at, key_id"

    let client = "SELECT \(ClientRecord.columns) FROM clients c WHERE c.client_id = $1::text"
    let clientsByName = "SELECT \(ClientRecord.columns) FROM clients c WHERE c.client_id = ANY($1::text[])"
    let clients = """
        SELECT \(ClientRecord.columns) FROM clients c
        WHERE c.client_id > $1::text ORDER BY c.client_id LIMIT $2::bigint
        """

    let usedOnce = """
        SELECT u.named_at, u.hash FROM unnest($1::bigint[], $2::bytea[]) AS n (named_at, hash)
        JOIN used_once u ON u.named_at = n.named_at AND u.hash = n.hash
        """

    let oneTimeLinkOfSubject = "SELECT \(OneTimeLink.columns) FROM one_time_links WHERE subject_id = $1::text"
    let oneTimeLink = "SELECT \(OneTimeLink.columns) FROM one_time_links WHERE hash = $1::bytea"

    /// The statements for the lists of events, by ``TokenCore/EventQuery/form``.
    let events = EventQuery.forms.map { form in
        let filters = (form.hasSubject ? ["subject_id"] : []) + (form.hasKind ? ["kind"] : [])
        let conditions = filters.enumerated().map { "\($1) = $\($0 + 1)::text" }
        let bounds = (1...3).map { "$\(filters.count + $0)::bigint" }
        let order = form.isAscending ? "ASC" : "DESC"
        // The column before `event_id` in the index is constant. It makes the planner use this index for the order.
        let columns = filters.prefix(1) + ["event_id"]
        return """
            SELECT \(EventRecord.columns) FROM events
            WHERE \((conditions + ["event_id > \(bounds[0])", "event_id < \(bounds[1])"]).joined(separator: " AND "))
            ORDER BY \(columns.map { "\($0) \(order)" }.joined(separator: ", ")) LIMIT \(bounds[2])
            """
    }

    let eventNumbers = "SELECT (SELECT min(event_id) FROM events), (SELECT max(event_id) FROM events)"

    static let webhookCursor = "SELECT \(WebhookCursor.columns) FROM webhook_cursors WHERE name = $1::text"

    /// Whether a table has an expired row behind the first ones.
    let hasExpiredRows =
        ["revocations", "events", "one_time_links", "login_attempts"].map { table in
            "SELECT 1 FROM \(table) WHERE expires_at <= $1::bigint ORDER BY expires_at OFFSET $2::bigint LIMIT 1"
        } + [
            // Uses the primary key: nearly all rows this old are expired.
            """
            SELECT 1 FROM used_once
            WHERE named_at <= $1::bigint / 1000 - \(UsedOnce.usualSeconds) AND forgotten_at <= $1::bigint
            ORDER BY named_at OFFSET \(UsedOnce.sweepFactor) * $2::bigint LIMIT 1
            """,
            """
            SELECT 1 FROM subjects u WHERE u.expires_at <= $1::bigint
            AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.subject_id = u.subject_id)
            ORDER BY u.expires_at OFFSET $2::bigint LIMIT 1
            """,
        ]

    /// One statement, so that the numbers and the entries are those of one moment.
    let revocations = """
        SELECT f.newest, (SELECT min(o.sequence) FROM revocations o), \(RevocationRecord.columns)
        FROM feed f
        LEFT JOIN LATERAL (
            SELECT * FROM revocations WHERE sequence > $1::bigint ORDER BY sequence LIMIT $2::bigint) r ON true
        ORDER BY r.sequence
        """

    static let statistics = """
        SELECT coalesce(sum(open_sessions), 0)::bigint, count(password_version), pg_database_size(current_database()),
            has_function_privilege('pg_ls_waldir()', 'EXECUTE')
        FROM subjects
        """

    static let logSize = "SELECT coalesce(sum(size), 0)::bigint FROM pg_ls_waldir()"

    // MARK: Writing

    static let insertSubjects = """
        INSERT INTO subjects (
            subject_id, state, epoch, open_sessions, created_at, expires_at,
            username, username_key, username_folded, password, password_version, unlocks, claims, issued_from)
        SELECT * FROM unnest(
            $1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
            $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[], $12::bigint[],
            $13::text[], $14::bigint[])
        """

    let updateSubjects = """
        UPDATE subjects u SET
            state = n.state, epoch = n.epoch, open_sessions = n.open_sessions, expires_at = n.expires_at,
            username = n.username, username_key = n.username_key, username_folded = n.username_folded,
            password = n.password, password_version = n.password_version, unlocks = n.unlocks, claims = n.claims,
            issued_from = n.issued_from
        FROM unnest(
            $1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
            $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[], $12::bigint[],
            $13::text[], $14::bigint[]
        ) AS n (
            subject_id, state, epoch, open_sessions, created_at, expires_at,
            username, username_key, username_folded, password, password_version, unlocks, claims, issued_from)
        WHERE u.subject_id = n.subject_id
        """

    static let insertSessions = """
        INSERT INTO sessions (
            session_id, subject_id, client_id, scope, device, address, user_agent, amr,
            authenticated_at, created_at, expires_at, epoch, ended_at, end_reason, end_detail, remembered,
            claims, key_thumbprint, authenticated_here)
        SELECT * FROM unnest(
            $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::text[],
            $16::bigint[], $17::text[], $18::bytea[], $19::bigint[])
        """

    let updateSessions = """
        UPDATE sessions s SET
            epoch = n.epoch, ended_at = n.ended_at, end_reason = n.end_reason, end_detail = n.end_detail
        FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
            AS n (session_id, epoch, ended_at, end_reason, end_detail)
        WHERE s.session_id = n.session_id
        """

    static let insertTokens = """
        INSERT INTO refresh_tokens (
            session_id, generation, hash, nonce, rotated_at, retry_count, retry_recorded_at, mismatch_recorded_at,
            key_mismatch_recorded_at)
        SELECT * FROM unnest(
            $1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::bigint[])
        """

    let updateTokens = """
        UPDATE refresh_tokens t SET
            generation = n.generation, hash = n.hash, nonce = n.nonce, rotated_at = n.rotated_at,
            retry_count = n.retry_count, retry_recorded_at = n.retry_recorded_at,
            mismatch_recorded_at = n.mismatch_recorded_at, key_mismatch_recorded_at = n.key_mismatch_recorded_at
        FROM unnest(
            $1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
            $9::bigint[]
        ) AS n (
            session_id, generation, hash, nonce, rotated_at, retry_count, retry_recorded_at, mismatch_recorded_at,
            key_mismatch_recorded_at)
        WHERE t.session_id = n.session_id
        """

    let deleteSessions = "DELETE FROM sessions WHERE session_id = ANY($1::uuid[])"
    let deleteTokens = "DELETE FROM refresh_tokens WHERE session_id = ANY($1::uuid[])"

    let deleteUpstreamSessions = "DELETE FROM upstream_sessions WHERE session_id = ANY($1::uuid[])"
    static let insertUpstreamSessions = """
        INSERT INTO upstream_sessions (session_id, identity_id, sid_hash)
        SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::bytea[])
        """

    /// Conflicts with another node that has linked one of them.
    static let insertIdentities = """
        INSERT INTO identities (identity_id, issuer, provider_subject, subject_id, created_at, last_used_at)
        SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
        """

    let updateIdentities = """
        UPDATE identities i SET last_used_at = n.last_used_at
        FROM unnest($1::bytea[], $2::bigint[]) AS n (identity_id, last_used_at)
        WHERE i.identity_id = n.identity_id
        """

    let deleteIdentities = "DELETE FROM identities WHERE identity_id = ANY($1::bytea[])"

    static let saveSigningKey = """
        INSERT INTO signing_keys (key_id, algorithm, state, sealed_key, created_at, activated_at, expires_at)
        VALUES ($1::text, $2::text, $3::text, $4::bytea, $5::bigint, $6::bigint, $7::bigint)
        ON CONFLICT (key_id) DO UPDATE SET
            state = excluded.state, sealed_key = excluded.sealed_key, activated_at = excluded.activated_at,
            expires_at = excluded.expires_at
        """

    let deleteSigningKeys = "DELETE FROM signing_keys WHERE key_id = ANY($1::text[])"

    static let saveClient = """
        INSERT INTO clients (
            client_id, secret_hashes, token_format, allowed_scope, created_at, jwks, permissions, idle_lifetime,
            absolute_lifetime, retry_window, dpop)
        VALUES (
            $1::text, $2::bytea, $3::text, $4::text, $5::bigint, $6::text, $7::text, $8::bigint, $9::bigint,
            $10::bigint, $11::bigint)
        ON CONFLICT (client_id) DO UPDATE SET
            secret_hashes = excluded.secret_hashes, token_format = excluded.token_format,
            allowed_scope = excluded.allowed_scope, created_at = excluded.created_at, jwks = excluded.jwks,
            permissions = excluded.permissions, idle_lifetime = excluded.idle_lifetime,
            absolute_lifetime = excluded.absolute_lifetime, retry_window = excluded.retry_window, dpop = excluded.dpop
        """

    let deleteClients = "DELETE FROM clients WHERE client_id = ANY($1::text[])"

    /// The row of the built-in client, which every database has, gives way to an archive's.
    static let deleteBuiltInClient = "DELETE FROM clients WHERE client_id = 'web'"

    /// An archive of a version that had no such row: the client may ask for any scope, as it could.
    static let insertBuiltInClient = """
        INSERT INTO clients (client_id, secret_hashes, token_format, created_at, permissions)
        SELECT 'web', ''::bytea, 'jwt', 0, '' WHERE NOT EXISTS (SELECT 1 FROM clients WHERE client_id = 'web')
        """

    /// Conflicts with another node that has used one of them.
    static let insertUsedOnce = """
        INSERT INTO used_once (named_at, hash, forgotten_at)
        SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[])
        """

    static let saveOneTimeLink = """
        INSERT INTO one_time_links (subject_id, purpose, hash, expires_at)
        VALUES ($1::text, $2::text, $3::bytea, $4::bigint)
        ON CONFLICT (subject_id) DO UPDATE SET
            purpose = excluded.purpose, hash = excluded.hash, expires_at = excluded.expires_at
        """

    let deleteOneTimeLinks = "DELETE FROM one_time_links WHERE subject_id = ANY($1::text[])"

    static let insertEvents = """
        INSERT INTO events (
            kind, at, subject_id, session_id, client_id, address, detail, generations_behind, expires_at, actor)
        SELECT * FROM unnest(
            $1::text[], $2::bigint[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::bigint[],
            $9::bigint[], $10::text[])
        """

    /// Held from here to the commit, so that no number becomes visible before a lower one: a reader that follows the
    /// audit trail misses none.
    static let lockEvents = "SELECT pg_advisory_xact_lock(1214606444, 102)"

    /// An archive has the numbers of its events. The next event gets a higher one.
    static let continueEvents = """
        SELECT setval(pg_get_serial_sequence('events', 'event_id'), e.newest)
        FROM (SELECT max(event_id) AS newest FROM events) e WHERE e.newest IS NOT NULL
        """

    let deleteEvents = "DELETE FROM events WHERE event_id BETWEEN $1::bigint AND $2::bigint"

    /// The row of the counter stays locked until the commit, so that no number becomes visible before a lower one.
    static let insertRevocations = """
        WITH counter AS (
            UPDATE feed SET newest = newest + cardinality($1::text[])
            RETURNING newest - cardinality($1::text[]) AS start
        )
        INSERT INTO revocations (sequence, kind, target, opened_before, at, expires_at)
        SELECT counter.start + n.position, n.kind, n.target, n.opened_before, n.at, n.expires_at
        FROM counter, unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
            WITH ORDINALITY AS n (kind, target, opened_before, at, expires_at, position)
        """

    static let saveWebhookCursor = """
        INSERT INTO webhook_cursors (name, event_id, failing_since, holder, held_until)
        VALUES ($1::text, $2::bigint, $3::bigint, $4::text, $5::bigint)
        ON CONFLICT (name) DO UPDATE SET
            event_id = excluded.event_id, failing_since = excluded.failing_since, holder = excluded.holder,
            held_until = excluded.held_until
        """

    private static let revocationChannel = "heirloom_revocations"
    static let notify = "SELECT pg_notify('\(revocationChannel)', '')"
    static let listen = "LISTEN \(revocationChannel)"

    /// Writes a row without changing it.
    let probeWrite = "UPDATE schema_migrations SET number = number WHERE number = 1"

    /// Deletes expired rows. A subject that has sessions stays.
    let deleteExpired = [
        """
        DELETE FROM revocations WHERE sequence = ANY(ARRAY(
            SELECT sequence FROM revocations WHERE expires_at <= $1::bigint
            ORDER BY expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
        """,
        """
        DELETE FROM events WHERE event_id = ANY(ARRAY(
            SELECT event_id FROM events
            WHERE expires_at <= $1::bigint AND event_id < (SELECT max(event_id) FROM events)
            ORDER BY expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
        """,
        """
        DELETE FROM used_once u USING (
            SELECT named_at, hash FROM used_once
            WHERE named_at <= $1::bigint / 1000 - \(UsedOnce.usualSeconds) AND forgotten_at <= $1::bigint
            ORDER BY named_at LIMIT \(UsedOnce.sweepFactor) * $2::bigint FOR UPDATE SKIP LOCKED) o
        WHERE u.named_at = o.named_at AND u.hash = o.hash
        """,
        """
        DELETE FROM one_time_links WHERE subject_id = ANY(ARRAY(
            SELECT subject_id FROM one_time_links WHERE expires_at <= $1::bigint
            ORDER BY expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
        """,
        """
        DELETE FROM subjects WHERE subject_id = ANY(ARRAY(
            SELECT u.subject_id FROM subjects u WHERE u.expires_at <= $1::bigint
            AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.subject_id = u.subject_id)
            ORDER BY u.expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
        """,
        """
        DELETE FROM login_attempts WHERE key = ANY(ARRAY(
            SELECT key FROM login_attempts WHERE expires_at <= $1::bigint
            ORDER BY expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
        """,
    ]
}
