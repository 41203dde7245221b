/// Every statement that touches rows, as text.
enum Query {
    private static let tokenColumns = "t.generation, t.hash, t.nonce, t.rotated_at, t.retries"

    private static let sessionColumns = """
        s.session_id, s.subject_id, s.client_id, s.scope, s.device, s.address, s.user_agent, s.amr,
        s.authenticated_at, s.created_at, s.expires_at, s.epoch, s.ended_at, s.end_reason, s.end_detail
        """

    private static let subjectColumns = """
        u.subject_id, u.state, u.epoch, u.open_sessions, u.created_at, u.expires_at,
        u.username, u.username_key, u.password, u.password_version
        """

    private static let clientColumns = """
        c.client_id, c.secret_hashes, c.token_format, c.allowed_scope, c.created_at, c.jwks
        """

    private static let sessionColumns_ = "\(tokenColumns), \(sessionColumns), \(subjectColumns)"

    // MARK: A transaction's beginning

    static let begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
    static let commit = "COMMIT"
    static let rollback = "ROLLBACK"

    /// Whether a process of the server is in the middle of something for us.
    static let isAtWork = """
        SELECT EXISTS (
            SELECT 1 FROM pg_stat_activity
            WHERE pid = $1::bigint AND usename = current_user AND datname = current_database() AND state <> 'idle')
        """

    /// Two keys, so that these locks are no other application's.
    static let lockRegister = "SELECT pg_advisory_xact_lock(1214606444, $1::bigint::integer)"
    static let tryLockSweeper = "SELECT pg_try_advisory_xact_lock(1214606444, 100)"

    static let tokensInUse = """
        SELECT t.session_id FROM refresh_tokens t
        WHERE t.session_id = ANY($1::uuid[]) AND t.session_id <> ALL (ARRAY(
            SELECT f.session_id FROM refresh_tokens f
            WHERE f.session_id = ANY($1::uuid[]) FOR NO KEY UPDATE SKIP LOCKED))
        """

    static let subjectsInUse = """
        SELECT u.subject_id FROM subjects u
        WHERE u.subject_id = ANY($1::text[]) AND u.subject_id <> ALL (ARRAY(
            SELECT f.subject_id FROM subjects f
            WHERE f.subject_id = ANY($1::text[]) FOR NO KEY UPDATE SKIP LOCKED))
        """

    static let subjectsOfSessions = """
        SELECT s.session_id, s.subject_id FROM sessions s WHERE s.session_id = ANY($1::uuid[])
        """

    /// The lock on a family is the lock on its token.
    static let lockTokens = """
        SELECT t.session_id, \(tokenColumns)
        FROM refresh_tokens t
        WHERE t.session_id = ANY($1::uuid[])
        ORDER BY t.session_id
        FOR NO KEY UPDATE
        """

    static let lockSubjects = """
        SELECT \(subjectColumns)
        FROM subjects u
        WHERE u.subject_id = ANY($1::text[] || ARRAY(
            SELECT s.subject_id FROM sessions s WHERE s.session_id = ANY($2::uuid[])))
        ORDER BY u.subject_id
        FOR NO KEY UPDATE
        """

    /// Reads what the locks on tokens and subjects protect, as it stands now that they are held.
    static let sessions = """
        SELECT \(sessionColumns), \(subjectColumns), \(clientColumns)
        FROM sessions s
        JOIN subjects u ON u.subject_id = s.subject_id
        LEFT JOIN clients c ON c.client_id = s.client_id
        WHERE s.session_id = ANY($1::uuid[])
        """

    static let clientsByName = "SELECT \(clientColumns) FROM clients c WHERE c.client_id = ANY($1::text[])"

    static let expiredSessions = """
        SELECT s.session_id FROM sessions s WHERE s.expires_at <= $1::bigint ORDER BY s.expires_at LIMIT $2::bigint
        """

    /// The sweeper waits for nobody: what is in use is collected another time.
    static let lockIdleTokens = """
        SELECT t.session_id, \(tokenColumns)
        FROM refresh_tokens t
        WHERE t.session_id = ANY($1::uuid[])
        FOR NO KEY UPDATE SKIP LOCKED
        """

    static let lockIdleSubjects = """
        SELECT \(subjectColumns)
        FROM subjects u
        WHERE u.subject_id = ANY(ARRAY(SELECT s.subject_id FROM sessions s WHERE s.session_id = ANY($1::uuid[])))
        FOR NO KEY UPDATE SKIP LOCKED
        """

    // MARK: Reading

    static let session = """
        SELECT \(sessionColumns_), \(clientColumns)
        FROM refresh_tokens t
        JOIN sessions s ON s.session_id = t.session_id
        JOIN subjects u ON u.subject_id = s.subject_id
        LEFT JOIN clients c ON c.client_id = s.client_id
        WHERE t.session_id = $1::uuid
        """

    static let sessionsOfSubject = """
        SELECT \(sessionColumns_)
        FROM subjects u
        JOIN sessions s ON s.subject_id = u.subject_id
        JOIN refresh_tokens t ON t.session_id = s.session_id
        WHERE u.subject_id = $1::text AND s.epoch = u.epoch AND s.ended_at IS NULL
        ORDER BY s.session_id DESC
        LIMIT $2::bigint
        """

    static let sessions = """
        SELECT \(sessionColumns_)
        FROM sessions s
        JOIN subjects u ON u.subject_id = s.subject_id
        JOIN refresh_tokens t ON t.session_id = s.session_id
        WHERE s.epoch = u.epoch AND s.ended_at IS NULL
        ORDER BY s.session_id DESC
        LIMIT $1::bigint
        """

    static let subject = "SELECT \(subjectColumns) FROM subjects u WHERE u.subject_id = $1::text"
    static let subjectByName = "SELECT \(subjectColumns) FROM subjects u WHERE u.username_key = $1::text"

    static let users = """
        SELECT \(subjectColumns) FROM subjects u
        WHERE u.username_key > $1::text ORDER BY u.username_key LIMIT $2::bigint
        """

    static let liveSessions = """
        SELECT s.session_id
        FROM subjects u
        JOIN sessions s ON s.subject_id = u.subject_id
        WHERE u.subject_id = $1::text AND s.epoch = u.epoch AND s.ended_at IS NULL
        LIMIT $2::bigint
        """

    static let newestSession = """
        SELECT session_id FROM sessions WHERE subject_id = $1::text ORDER BY subject_id DESC, session_id DESC LIMIT 1
        """

    static let signingKeys = """
        SELECT key_id, algorithm, state, sealed_key, created_at, activated_at, expires_at
        FROM signing_keys ORDER BY created_at, key_id
        """

    static let client = "SELECT \(clientColumns) FROM clients c WHERE c.client_id = $1::text"
    static let clients = "SELECT \(clientColumns) FROM clients c ORDER BY c.client_id"

    static let events = """
        SELECT kind, at, subject_id, session_id, client_id, address, detail, event_id
        FROM events WHERE event_id < $1::bigint ORDER BY event_id DESC LIMIT $2::bigint
        """

    static let eventsOfSubject = """
        SELECT kind, at, subject_id, session_id, client_id, address, detail, event_id
        FROM events WHERE subject_id = $1::text AND event_id < $2::bigint
        ORDER BY subject_id DESC, event_id DESC LIMIT $3::bigint
        """

    /// One statement, so that the numbers and the entries are of one moment.
    static let revocations = """
        SELECT f.newest, (SELECT min(o.sequence) FROM revocations o),
            r.sequence, r.kind, r.target, r.opened_before, r.at, r.expires_at
        FROM feed f
        LEFT JOIN LATERAL (
            SELECT * FROM revocations WHERE sequence > $1::bigint ORDER BY sequence LIMIT $2::bigint) r ON true
        ORDER BY r.sequence
        """

    // MARK: Writing

    static let insertSubjects = """
        INSERT INTO subjects (
            subject_id, state, epoch, open_sessions, created_at, expires_at,
            username, username_key, password, password_version)
        SELECT * FROM unnest(
            $1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
            $7::text[], $8::text[], $9::text[], $10::bigint[])
        """

    static let updateSubjects = """
        UPDATE subjects u SET
            state = n.state, epoch = n.epoch, open_sessions = n.open_sessions, expires_at = n.expires_at,
            username = n.username, username_key = n.username_key, password = n.password,
            password_version = n.password_version
        FROM unnest(
            $1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
            $7::text[], $8::text[], $9::text[], $10::bigint[]
        ) AS n (
            subject_id, state, epoch, open_sessions, created_at, expires_at,
            username, username_key, password, password_version)
        WHERE u.subject_id = n.subject_id
        """

    static let insertSessions = """
        INSERT INTO sessions (
            session_id, subject_id, client_id, scope, device, address, user_agent, amr,
            authenticated_at, created_at, expires_at, epoch, ended_at, end_reason, end_detail)
        SELECT * FROM unnest(
            $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::text[])
        """

    static let updateSessions = """
        UPDATE sessions s SET
            epoch = n.epoch, ended_at = n.ended_at, end_reason = n.end_reason, end_detail = n.end_detail
        FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
            AS n (session_id, epoch, ended_at, end_reason, end_detail)
        WHERE s.session_id = n.session_id
        """

    static let insertTokens = """
        INSERT INTO refresh_tokens (session_id, generation, hash, nonce, rotated_at, retries)
        SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bigint[], $6::bigint[])
        """

    static let updateTokens = """
        UPDATE refresh_tokens t SET
            generation = n.generation, hash = n.hash, nonce = n.nonce, rotated_at = n.rotated_at, retries = n.retries
        FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bigint[], $6::bigint[])
            AS n (session_id, generation, hash, nonce, rotated_at, retries)
        WHERE t.session_id = n.session_id
        """

    static let deleteSessions = "DELETE FROM sessions WHERE session_id = ANY($1::uuid[])"
    static let deleteTokens = "DELETE FROM refresh_tokens WHERE session_id = ANY($1::uuid[])"

    static let saveSigningKey = """
        INSERT INTO signing_keys (key_id, algorithm, state, sealed_key, created_at, activated_at, expires_at)
        VALUES ($1::text, $2::text, $3::text, $4::bytea, $5::bigint, $6::bigint, $7::bigint)
        ON CONFLICT (key_id) DO UPDATE SET
            state = excluded.state, sealed_key = excluded.sealed_key, activated_at = excluded.activated_at,
            expires_at = excluded.expires_at
        """

    static let deleteSigningKeys = "DELETE FROM signing_keys WHERE key_id = ANY($1::text[])"

    static let saveClient = """
        INSERT INTO clients (client_id, secret_hashes, token_format, allowed_scope, created_at, jwks)
        VALUES ($1::text, $2::bytea, $3::text, $4::text, $5::bigint, $6::text)
        ON CONFLICT (client_id) DO UPDATE SET
            secret_hashes = excluded.secret_hashes, token_format = excluded.token_format,
            allowed_scope = excluded.allowed_scope, created_at = excluded.created_at, jwks = excluded.jwks
        """

    static let assertion = "SELECT 1 FROM client_assertions WHERE assertion_id = $1::bytea"

    /// Another node may have used one of them since: that is a conflict.
    static let insertAssertions = """
        INSERT INTO client_assertions (assertion_id, expires_at) SELECT * FROM unnest($1::bytea[], $2::bigint[])
        """

    static let deleteClients = "DELETE FROM clients WHERE client_id = ANY($1::text[])"

    static let insertEvents = """
        INSERT INTO events (kind, at, subject_id, session_id, client_id, address, detail, expires_at)
        SELECT * FROM unnest(
            $1::text[], $2::bigint[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::bigint[])
        """

    /// The counter's row stays locked until the commit, so that no number becomes visible before a lower one.
    static let insertRevocations = """
        WITH counter AS (
            UPDATE feed SET newest = newest + cardinality($1::text[]) RETURNING newest - cardinality($1::text[]) AS start
        )
        INSERT INTO revocations (sequence, kind, target, opened_before, at, expires_at)
        SELECT counter.start + n.position, n.kind, n.target, n.opened_before, n.at, n.expires_at
        FROM counter, unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
            WITH ORDINALITY AS n (kind, target, opened_before, at, expires_at, position)
        """

    static let revocationChannel = "heirloom_revocations"
    static let notify = "SELECT pg_notify('\(revocationChannel)', '')"
    static let listen = "LISTEN \(revocationChannel)"

    /// Rewrites a row with what is there.
    static let probeWrite = "UPDATE schema_migrations SET number = number WHERE number = 1"

    /// The sweeper's; a subject that still has sessions stays.
    static let collect = [
        """
        DELETE FROM revocations WHERE sequence = ANY(ARRAY(
            SELECT sequence FROM revocations WHERE expires_at <= $1::bigint
            ORDER BY expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
        """,
        """
        DELETE FROM events WHERE event_id = ANY(ARRAY(
            SELECT event_id FROM events WHERE expires_at <= $1::bigint
            ORDER BY expires_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
        """,
        """
        DELETE FROM client_assertions WHERE assertion_id = ANY(ARRAY(
            SELECT assertion_id FROM client_assertions WHERE expires_at <= $1::bigint
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
