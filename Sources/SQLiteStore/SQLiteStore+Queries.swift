/// Every statement that touches rows, as text.
enum Query {
    private static let subjectColumns = """
        u.subject_id, u.state, u.epoch, u.open_sessions, u.created_at, u.expires_at,
        u.username, u.username_key, u.password, u.password_version
        """

    private static let sessionColumns_ = """
        t.generation, t.hash, t.nonce, t.rotated_at, t.retries,
        s.session_id, s.subject_id, s.client_id, s.scope, s.device, s.address, s.user_agent, s.amr,
        s.authenticated_at, s.created_at, s.expires_at, s.epoch, s.ended_at, s.end_reason, s.end_detail,
        \(subjectColumns)
        """

    static let session = """
        SELECT \(sessionColumns_)
        FROM refresh_tokens t
        JOIN sessions s ON s.session_id = t.session_id
        JOIN subjects u ON u.subject_id = s.subject_id
        WHERE t.session_id = ?
        """

    static let sessionsOfSubject = """
        SELECT \(sessionColumns_)
        FROM subjects u
        JOIN sessions s ON s.subject_id = u.subject_id
        JOIN refresh_tokens t ON t.session_id = s.session_id
        WHERE u.subject_id = ? AND s.epoch = u.epoch AND s.ended_at IS NULL
        ORDER BY s.session_id DESC
        LIMIT ?
        """

    static let sessions = """
        SELECT \(sessionColumns_)
        FROM sessions s
        JOIN subjects u ON u.subject_id = s.subject_id
        JOIN refresh_tokens t ON t.session_id = s.session_id
        WHERE s.epoch = u.epoch AND s.ended_at IS NULL
        ORDER BY s.session_id DESC
        LIMIT ?
        """

    static let subject = "SELECT \(subjectColumns) FROM subjects u WHERE u.subject_id = ?"
    static let subjectByName = "SELECT \(subjectColumns) FROM subjects u WHERE u.username_key = ?"

    static let users = """
        SELECT \(subjectColumns) FROM subjects u WHERE u.username_key > ? ORDER BY u.username_key LIMIT ?
        """

    static let activeSessions = """
        SELECT s.session_id
        FROM subjects u
        JOIN sessions s ON s.subject_id = u.subject_id
        JOIN refresh_tokens t ON t.session_id = s.session_id
        WHERE u.subject_id = ? AND s.epoch = u.epoch AND s.ended_at IS NULL AND t.rotated_at >= ?
        LIMIT ?
        """

    static let newestSession = """
        SELECT session_id FROM sessions WHERE subject_id = ? ORDER BY session_id DESC LIMIT 1
        """

    static let expiredSessions = "SELECT session_id FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?"

    static let signingKeys = """
        SELECT key_id, algorithm, state, sealed_key, created_at, activated_at, expires_at
        FROM signing_keys ORDER BY created_at, key_id
        """

    static let client = """
        SELECT client_id, secret_hashes, token_format, allowed_scope, created_at, jwks FROM clients WHERE client_id = ?
        """

    static let clients = """
        SELECT client_id, secret_hashes, token_format, allowed_scope, created_at, jwks FROM clients ORDER BY client_id
        """

    static let events = """
        SELECT kind, at, subject_id, session_id, client_id, address, detail, event_id
        FROM events WHERE event_id < ? ORDER BY event_id DESC LIMIT ?
        """

    static let eventsOfSubject = """
        SELECT kind, at, subject_id, session_id, client_id, address, detail, event_id
        FROM events WHERE subject_id = ? AND event_id < ? ORDER BY event_id DESC LIMIT ?
        """

    static let revocations = """
        SELECT sequence, kind, target, opened_before, at, expires_at
        FROM revocations WHERE sequence > ? ORDER BY sequence LIMIT ?
        """

    static let newestRevocation = "SELECT seq FROM sqlite_sequence WHERE name = 'revocations'"
    static let oldestRevocation = "SELECT min(sequence) FROM revocations"

    static let insertSession = """
        INSERT INTO sessions (
            session_id, subject_id, client_id, scope, device, address, user_agent, amr,
            authenticated_at, created_at, expires_at, epoch, ended_at, end_reason, end_detail
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static let updateSession = """
        UPDATE sessions SET epoch = ?, ended_at = ?, end_reason = ?, end_detail = ? WHERE session_id = ?
        """

    static let updateToken = """
        UPDATE refresh_tokens SET generation = ?, hash = ?, nonce = ?, rotated_at = ?, retries = ?
        WHERE session_id = ?
        """

    static let insertToken = """
        INSERT INTO refresh_tokens (generation, hash, nonce, rotated_at, retries, session_id)
        VALUES (?, ?, ?, ?, ?, ?)
        """

    static let deleteSession = "DELETE FROM sessions WHERE session_id = ?"
    static let deleteToken = "DELETE FROM refresh_tokens WHERE session_id = ?"

    static let saveSubject = """
        INSERT INTO subjects (
            subject_id, state, epoch, open_sessions, created_at, expires_at,
            username, username_key, password, password_version
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (subject_id) DO UPDATE SET
            state = excluded.state, epoch = excluded.epoch, open_sessions = excluded.open_sessions,
            expires_at = excluded.expires_at, username = excluded.username, username_key = excluded.username_key,
            password = excluded.password, password_version = excluded.password_version
        """

    static let saveSigningKey = """
        INSERT INTO signing_keys (key_id, algorithm, state, sealed_key, created_at, activated_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key_id) DO UPDATE SET
            state = excluded.state, sealed_key = excluded.sealed_key, activated_at = excluded.activated_at,
            expires_at = excluded.expires_at
        """

    static let deleteSigningKey = "DELETE FROM signing_keys WHERE key_id = ?"

    static let saveClient = """
        INSERT INTO clients (client_id, secret_hashes, token_format, allowed_scope, created_at, jwks)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (client_id) DO UPDATE SET
            secret_hashes = excluded.secret_hashes, token_format = excluded.token_format,
            allowed_scope = excluded.allowed_scope, created_at = excluded.created_at, jwks = excluded.jwks
        """

    static let deleteClient = "DELETE FROM clients WHERE client_id = ?"

    static let assertion = "SELECT 1 FROM client_assertions WHERE assertion_id = ?"
    static let insertAssertion = "INSERT INTO client_assertions (assertion_id, expires_at) VALUES (?, ?)"

    static let insertEvent = """
        INSERT INTO events (kind, at, subject_id, session_id, client_id, address, detail, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """

    static let insertRevocation = """
        INSERT INTO revocations (kind, target, opened_before, at, expires_at) VALUES (?, ?, ?, ?, ?)
        """

    /// The sweeper's; a subject that still has sessions stays.
    static let collect = [
        """
        DELETE FROM revocations WHERE sequence IN (
            SELECT sequence FROM revocations WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """,
        """
        DELETE FROM events WHERE event_id IN (
            SELECT event_id FROM events WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """,
        """
        DELETE FROM client_assertions WHERE assertion_id IN (
            SELECT assertion_id FROM client_assertions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
        """,
        """
        DELETE FROM subjects WHERE subject_id IN (
            SELECT subject_id FROM subjects u WHERE expires_at <= ?
            AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.subject_id = u.subject_id) LIMIT ?)
        """,
    ]
}
