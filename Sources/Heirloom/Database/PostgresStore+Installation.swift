import Libpq
import PostgresStore
import TokenCore

extension PostgresStore: InstalledStore {
    var place: String { target.description }
    var files: [String] { [] }

    func check() throws -> [String] { try unsafeSettings() }

    /// The server finds damage when it reads, and fails.
    func damage() -> String? { nil }

    func backup(to path: String) throws {
        throw CommandFailure(
            "heirloom does not back up PostgreSQL; use pg_dump, or pg_basebackup with an archive of the write-ahead log"
        )
    }

    func counters(_ limits: LoginLimits) -> any AttemptCounters { attempts(limits) }
}
