/// How much a store holds.
package struct StoreStatistics: Sendable, Equatable {
    /// Sessions that were not ended. One whose lifetime is over counts until it is deleted.
    package var openSessions: Int
    package var users: Int
    /// The size of the database in bytes.
    package var databaseBytes: Int
    /// The size of the write-ahead log in bytes; nil when the store may not know it.
    package var logBytes: Int?

    package init(openSessions: Int, users: Int, databaseBytes: Int, logBytes: Int?) {
        self.openSessions = openSessions
        self.users = users
        self.databaseBytes = databaseBytes
        self.logBytes = logBytes
    }
}
