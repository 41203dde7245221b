import CPostgres
import Foundation

/// A connection in pipeline mode, for one thread at a time.
///
/// It blocks its thread, but never beyond a deadline: a server that does not answer is as good as gone.
final class PostgresConnection: @unchecked Sendable {
    let handle: OpaquePointer
    let target: PostgresTarget
    /// The names of the statements that the server has prepared.
    var prepared: [String: String] = [:]
    var isBroken = false
    /// Whether the server has warned since this was reset.
    var hasWarned = false

    /// Connects, trying each of the hosts for as long as `connect_timeout` says.
    init(_ target: PostgresTarget) throws {
        self.target = target
        let keywords = target.parameters.map { strdup($0.keyword) }
        let values = target.parameters.map { strdup($0.value) }
        defer { for copy in keywords + values { free(copy) } }
        let handle =
            (keywords.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { keywords in
                (values.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { values in
                    PQconnectdbParams(keywords.baseAddress, values.baseAddress, 0)
                }
            }
        guard let handle else { throw PostgresFailure.unreachable("there is no memory for a connection") }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else { throw PostgresFailure.unreachable(message) }
        guard PQserverVersion(handle) >= 130_000 else {
            throw PostgresFailure.unreachable("the server is older than PostgreSQL 13")
        }
        PQsetNoticeReceiver(
            handle,
            { context, result in
                guard let context, PostgresConnection.severity(of: result) == "WARNING" else { return }
                Unmanaged<PostgresConnection>.fromOpaque(context).takeUnretainedValue().hasWarned = true
            }, Unmanaged.passUnretained(self).toOpaque())
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1
        else { throw PostgresFailure.unreachable(message) }
        let settings = try run([Statement(PostgresConnection.settings)], until: .now + .seconds(2))
        guard let encoding = settings.first?.map({ $0.text(0) }).first, encoding == "UTF8" else {
            throw PostgresFailure.unreachable("the database's encoding is not UTF8; make it with: createdb -E UTF8")
        }
    }

    deinit { PQfinish(handle) }

    /// What holds on every connection.
    ///
    /// A commit waits for the disk, and for a synchronous standby where there is one. Whoever waits for a lock, or holds
    /// one and has gone, gives up. Every query walks an index: a plan that reads a whole table is right for the statistics of an
    /// empty one only.
    private static let settings = """
        SELECT current_setting('server_encoding'),
            set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
            set_config('default_transaction_isolation', 'read committed', false),
            set_config('lock_timeout', '2s', false),
            set_config('idle_in_transaction_session_timeout', '5s', false),
            set_config('enable_seqscan', 'off', false),
            set_config('enable_hashjoin', 'off', false),
            set_config('enable_mergejoin', 'off', false),
            set_config('enable_bitmapscan', 'off', false),
            set_config('jit', 'off', false),
            set_config('plan_cache_mode', 'force_generic_plan', false)
        """

    /// What libpq has to say, without the password.
    var message: String { target.redacted(PQerrorMessage(handle).map { String(cString: $0) } ?? "") }

    var descriptor: Int32 { PQsocket(handle) }

    static func severity(of result: OpaquePointer?) -> String {
        PQresultErrorField(result, PostgresConnection.severityField).map { String(cString: $0) } ?? ""
    }

    private static let severityField = Int32(UInt8(ascii: "V"))  // PG_DIAG_SEVERITY_NONLOCALIZED
    static let codeField = Int32(UInt8(ascii: "C"))  // PG_DIAG_SQLSTATE
    static let messageField = Int32(UInt8(ascii: "M"))  // PG_DIAG_MESSAGE_PRIMARY
}
