import Synchronization
package import TokenCore

/// A store in memory, for tests without a disk. Its transactions are atomic and follow each other.
package final class MemoryStore: Store {
    private let tables = Mutex(Tables())

    /// An empty store.
    package init() {}

    /// The rows of all tables. Setting them is not a transaction.
    package var contents: Tables {
        get { tables.withLock { $0 } }
        set { tables.withLock { $0 = newValue } }
    }

    package func commit(
        prefetching _: @autoclosure () -> RowKeys, _ body: (any Rows) throws -> WriteSet
    ) throws {
        try tables.withLock { tables in tables.write(try body(tables)) }
    }

    package func session(_ id: SessionID) async throws -> Session? { contents.session(id, hasDevice: true) }

    package func openSessions(of subject: SubjectID?, after id: SessionID?, limit: Int) async throws -> [Session] {
        let contents = contents
        let sessions = contents.sessions.values
            .filter { subject == nil || $0.subject == subject }
            .filter { session in id.map { session.id.description < $0.description } ?? true }
            .compactMap { contents.session($0.id, hasDevice: true) }
            .filter { $0.record.ending == nil && $0.record.epoch == $0.subject.epoch && $0.client != nil }
        return Array(sessions.sorted { $0.id.description > $1.id.description }.prefix(limit))
    }

    package func subject(_ id: SubjectID) async throws -> SubjectRecord? { contents.subjects[id] }

    package func subjects(named keys: UsernameKeys) async throws -> [SubjectRecord] { contents.subjects(named: keys) }

    package func users(after name: String, limit: Int) async throws -> [SubjectRecord] {
        let users = contents.subjects.values.filter { ($0.account?.usernameKey ?? "") > name }
        return Array(users.sorted { $0.account?.usernameKey ?? "" < $1.account?.usernameKey ?? "" }.prefix(limit))
    }

    package func usersWithoutName(after id: SubjectID?, limit: Int) async throws -> [SubjectRecord] {
        let users = contents.subjects.values.filter { user in
            user.account.map { $0.username == nil } ?? false && user.id.value > id?.value ?? ""
        }
        return Array(users.sorted { $0.id.value < $1.id.value }.prefix(limit))
    }

    package func identity(_ id: IdentityID) async throws -> IdentityRecord? { contents.identities[id] }

    package func identities(of subject: SubjectID, limit: Int) async throws -> [IdentityRecord] {
        contents.identities(of: subject, limit: limit)
    }

    package func usersWithoutFoldedName(limit: Int) async throws -> [SubjectRecord] {
        let users = contents.subjects.values.filter { $0.account?.username != nil && $0.account?.foldedUsername == nil }
        return Array(users.prefix(limit))
    }

    package func usersWithSharedFoldedName(limit: Int) async throws -> [SubjectRecord] {
        let users = contents.subjects.values.filter { $0.account?.foldedUsername != nil }
        let groups = Dictionary(grouping: users) { $0.account?.foldedUsername ?? "" }
        let shared = groups.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
        return Array(
            shared.flatMap { $0.value.sorted { $0.account?.usernameKey ?? "" < $1.account?.usernameKey ?? "" } }
                .prefix(limit))
    }

    package func signingKeys() async throws -> [SigningKeyRecord] { contents.signingKeys() }

    package func client(_ id: ClientID) async throws -> ClientRecord? { contents.clients[id] }

    package func clients(after name: String, limit: Int) async throws -> [ClientRecord] {
        let clients = contents.clients.values.filter { $0.id.value > name }
        return Array(clients.sorted { $0.id.value < $1.id.value }.prefix(limit))
    }

    package func oneTimeLink(_ hash: TokenHash) async throws -> OneTimeLink? {
        contents.oneTimeLinks.values.first { $0.hash == hash }
    }

    package func events(_ query: EventQuery, limit: Int) async throws -> [EventRecord] {
        let wanted = contents.events.filter { event in
            (query.subject == nil || event.subject == query.subject) && (query.kind == nil || event.kind == query.kind)
                && event.number > query.after ?? 0 && event.number < query.before ?? .max
        }
        return Array((query.after == nil ? wanted.reversed() : wanted).prefix(limit))
    }

    package func webhookCursor(_ name: WebhookName) async throws -> WebhookCursor? { contents.webhookCursors[name] }

    package func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage {
        let contents = contents
        let found = contents.revocations.filter { $0.sequence > sequence }.prefix(limit)
        return RevocationPage(
            rows: found.map { ($0.sequence, $0) }, limit: limit, newest: contents.newestRevocation,
            collected: contents.revocations.first.map { $0.sequence - 1 } ?? contents.newestRevocation)
    }
}
