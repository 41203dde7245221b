/// One numbered step of the schema.
package struct Migration: Sendable {
    package let number: Int
    package let name: String
    package let sql: [UInt8]
}

/// The steps of the schema in order, embedded in the binary. The same number means the same step in every dialect.
package enum Migrations {
    package static let sqlite = [
        Migration(number: 1, name: "sessions", sql: PackageResources._001_sessions_sqlite_sql),
        Migration(number: 2, name: "client_keys", sql: PackageResources._002_client_keys_sqlite_sql),
    ]

    package static let postgres = [
        Migration(number: 1, name: "sessions", sql: PackageResources._001_sessions_postgres_sql),
        Migration(number: 2, name: "client_keys", sql: PackageResources._002_client_keys_postgres_sql),
    ]
}
