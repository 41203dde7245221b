import PostgresStore
import TokenCore

extension PostgresStore: InstalledStore {
    var place: String { target.description }
    var files: [String] { [] }

    func check() throws -> [String] { try unsafeSettings() }

    func backup(to path: String) throws {
        throw CommandFailure("PostgreSQL has its own backups: use pg_dump, or pg_basebackup with the log's archive")
    }

    func counters(_ limits: LoginLimits) -> any AttemptCounters { attempts(limits) }
}
