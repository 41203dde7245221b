/// A step of the schema.
package struct Migration: Sendable {
    /// Counts from 1.
    package let number: Int
    /// A part of the file's name.
    package let name: String
    /// The text of the step, which may hold several statements.
    package let sql: [UInt8]
}

/// The steps of the schema in order, embedded in the binary. The same number means the same step in every dialect.
package enum Migrations {
    /// The steps for SQLite.
    package static let sqlite = [
        Migration(number: 1, name: "sessions", sql: PackageResources._001_sessions_sqlite_sql),
        Migration(number: 2, name: "client_keys", sql: PackageResources._002_client_keys_sqlite_sql),
        Migration(number: 3, name: "generations_behind", sql: PackageResources._003_generations_behind_sqlite_sql),
        Migration(number: 4, name: "remembered", sql: PackageResources._004_remembered_sqlite_sql),
        Migration(number: 5, name: "folded_names", sql: PackageResources._005_folded_names_sqlite_sql),
        Migration(number: 6, name: "event_bounds", sql: PackageResources._006_event_bounds_sqlite_sql),
        Migration(number: 7, name: "client_rights", sql: PackageResources._007_client_rights_sqlite_sql),
        Migration(number: 8, name: "claims", sql: PackageResources._008_claims_sqlite_sql),
        Migration(number: 9, name: "key_binding", sql: PackageResources._009_key_binding_sqlite_sql),
        Migration(number: 10, name: "identities", sql: PackageResources._010_identities_sqlite_sql),
        Migration(number: 11, name: "one_time_links", sql: PackageResources._011_one_time_links_sqlite_sql),
        Migration(number: 12, name: "webhooks", sql: PackageResources._012_webhooks_sqlite_sql),
        Migration(number: 13, name: "event_actors", sql: PackageResources._013_event_actors_sqlite_sql),
    ]

    /// The steps for PostgreSQL.
    package static let postgres = [
        Migration(number: 1, name: "sessions", sql: PackageResources._001_sessions_postgres_sql),
        Migration(number: 2, name: "client_keys", sql: PackageResources._002_client_keys_postgres_sql),
        Migration(number: 3, name: "generations_behind", sql: PackageResources._003_generations_behind_postgres_sql),
        Migration(number: 4, name: "remembered", sql: PackageResources._004_remembered_postgres_sql),
        Migration(number: 5, name: "folded_names", sql: PackageResources._005_folded_names_postgres_sql),
        Migration(number: 6, name: "event_bounds", sql: PackageResources._006_event_bounds_postgres_sql),
        Migration(number: 7, name: "client_rights", sql: PackageResources._007_client_rights_postgres_sql),
        Migration(number: 8, name: "claims", sql: PackageResources._008_claims_postgres_sql),
        Migration(number: 9, name: "key_binding", sql: PackageResources._009_key_binding_postgres_sql),
        Migration(number: 10, name: "identities", sql: PackageResources._010_identities_postgres_sql),
        Migration(number: 11, name: "one_time_links", sql: PackageResources._011_one_time_links_postgres_sql),
        Migration(number: 12, name: "webhooks", sql: PackageResources._012_webhooks_postgres_sql),
        Migration(number: 13, name: "event_actors", sql: PackageResources._013_event_actors_postgres_sql),
    ]
}
