import CPostgres
import Foundation

/// A connection in pipeline mode, for one thread at a time.
///
/// Its methods block the thread until a deadline at the latest. A server that does not answer by then counts as lost.
package final class PostgresConnection: @unchecked Sendable {
    let handle: OpaquePointer
    let target: PostgresTarget
    /// The names of the prepared statements, by their SQL.
    var prepared: [String: String] = [:]
    /// How many names were given to statements.
    var named = 0
    /// Whether the connection cannot be used any more.
    package internal(set) var isBroken = false
    /// Whether it broke because the server did not answer in time.
    package internal(set) var isSilent = false
    /// Whether the server has committed without waiting for its standby since this was set to false.
    package var hasGivenUpStandby = false

    /// Connects; tries each host for `connect_timeout` seconds.
    ///
    /// - Throws: ``PostgresFailure``
    package init(_ target: PostgresTarget) throws {
        self.target = target
        let libpq = target.library.functions
        let keywords = target.parameters.map { strdup($0.keyword) }
        let values = target.parameters.map { strdup($0.value) }
        defer { for copy in keywords + values { free(copy) } }
        let handle =
            (keywords.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { keywords in
                (values.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { values in
                    libpq.PQconnectdbParams(keywords.baseAddress, values.baseAddress, 0)
                }
            }
        guard let handle else { throw PostgresFailure.unreachable("there is no memory for a connection") }
        self.handle = handle
        guard libpq.PQstatus(handle) == CONNECTION_OK else { throw PostgresFailure.unreachable(message) }
        guard libpq.PQserverVersion(handle) >= 130_000 else {
            throw PostgresFailure.unreachable("the server is older than PostgreSQL 13")
        }
        _ = libpq.PQsetNoticeReceiver(
            handle,
            { context, result in
                guard let context else { return }
                let connection = Unmanaged<PostgresConnection>.fromOpaque(context).takeUnretainedValue()
                if connection.source(of: result) == "SyncRepWaitForLSN" { connection.hasGivenUpStandby = true }
            }, Unmanaged.passUnretained(self).toOpaque())
        guard libpq.PQsetnonblocking(handle, 1) == 0, libpq.PQenterPipelineMode(handle) == 1
        else { throw PostgresFailure.unreachable(message) }
        try applySettings(until: .now + .seconds(2))
    }

    var libpq: LibpqFunctions { target.library.functions }

    deinit { libpq.PQfinish(handle) }

    /// Sets the session's parameters, and returns the database's encoding.
    ///
    /// - A commit waits for the disk, and for the synchronous standby if there is one.
    /// - A transaction that waits too long for a lock is refused, and one that is left idle is rolled back. The server
    ///   notices a client that is gone.
    /// - Every query uses an index. The planner would prefer to scan a table whose statistics were taken while it was
    ///   small.
    private static let settings = """
        SELECT current_setting('server_encoding'),
            set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
            set_config('default_transaction_isolation', 'read committed', false),
            set_config('lock_timeout', '1s', false),
            set_config('idle_in_transaction_session_timeout', '5s', false),
            CASE WHEN current_setting('server_version_num')::integer >= 170000
                THEN set_config('transaction_timeout', '5s', false) END,
            set_config('tcp_user_timeout', '4s', false),
            set_config('tcp_keepalives_idle', '5s', false),
            set_config('tcp_keepalives_interval', '2s', false),
            set_config('tcp_keepalives_count', '3', false),
            set_config('enable_seqscan', 'off', false),
            set_config('enable_hashjoin', 'off', false),
            set_config('enable_mergejoin', 'off', false),
            set_config('enable_bitmapscan', 'off', false),
            set_config('jit', 'off', false),
            set_config('plan_cache_mode', 'force_generic_plan', false)
        """

    /// Sets the session's parameters, also after ``liftTimeouts(until:)``.
    ///
    /// - Throws: ``PostgresFailure``
    package func applySettings(until deadline: ContinuousClock.Instant) throws {
        let settings = try run([Statement(PostgresConnection.settings)], until: deadline)
        guard let encoding = settings.first?.map({ $0.text(0) }).first, encoding == "UTF8" else {
            throw PostgresFailure.unreachable("the database's encoding is not UTF8; make it with: createdb -E UTF8")
        }
    }

    /// Turns the server's time-outs off, for work that takes long.
    ///
    /// - Throws: ``PostgresFailure``
    package func liftTimeouts(until deadline: ContinuousClock.Instant) throws {
        let sql = """
            SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN (
                'lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')
            """
        _ = try run([Statement(sql)], until: deadline)
    }

    /// The last message of libpq, without the password.
    var message: String { target.redacted(libpq.PQerrorMessage(handle).map { String(cString: $0) } ?? "") }

    var descriptor: Int32 { libpq.PQsocket(handle) }

    /// The id of the server's process for this connection.
    package var process: Int { Int(libpq.PQbackendPID(handle)) }

    /// The function of the server that reported an error or a notice.
    private func source(of result: OpaquePointer?) -> String {
        libpq.PQresultErrorField(result, PostgresConnection.sourceField).map { String(cString: $0) } ?? ""
    }

    private static let sourceField = Int32(UInt8(ascii: "R"))  // PG_DIAG_SOURCE_FUNCTION
    static let codeField = Int32(UInt8(ascii: "C"))  // PG_DIAG_SQLSTATE
    static let messageField = Int32(UInt8(ascii: "M"))  // PG_DIAG_MESSAGE_PRIMARY
}
