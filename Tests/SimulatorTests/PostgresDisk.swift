import Libpq
import PostgresStore
import Simulator
import Synchronization
import TokenCore
import TokenTesting

/// A database for ``PostgresStore/PostgresStore``. A crash breaks every connection; a crash in a transaction breaks it
/// during the commit.
final class PostgresDisk: SimulatedDisk {
    private struct State {
        var store: PostgresStore?
        var database: String
        var copy: String?
    }

    private let cluster: PostgresCluster
    private let state: Mutex<State>

    init() throws {
        cluster = try PostgresCluster.shared.get()
        state = Mutex(State(database: try cluster.makeDatabase()))
    }

    deinit {
        state.withLock { state in
            for database in [state.database, state.copy].compactMap({ $0 }) { try? cluster.drop(database) }
        }
    }

    func open() throws -> any Store {
        try state.withLock { state in
            let store = try PostgresStore(PostgresTarget(state.database), readers: 1)
            state.store = store
            return store
        }
    }

    func mark() {}

    /// Makes the server end the connection in the next commit, after the rows were written.
    func tear() throws {
        let triggers = PostgresDisk.tables.map {
            """
            CREATE CONSTRAINT TRIGGER tear AFTER INSERT OR UPDATE OR DELETE ON \($0) DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION tear();
            """
        }
        let function = """
            CREATE FUNCTION tear() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN NULL; END $$;
            """
        try cluster.run(sql: function + triggers.joined(), in: state.withLock { $0.database })
    }

    func crash(losingLast: Bool) throws {
        try close()
        let database = state.withLock { $0.database }
        try cluster.disconnect(database)
        if losingLast { try cluster.run(sql: "DROP FUNCTION IF EXISTS tear() CASCADE", in: database) }
    }

    func close() throws {
        state.withLock { state in
            state.store?.close()
            state.store = nil
        }
    }

    func backup() throws {
        try state.withLock { state in
            if let old = state.copy { try cluster.drop(old) }
            // A database that is copied must have no connections. The store connects again.
            try cluster.disconnect(state.database)
            state.copy = try cluster.makeDatabase(from: state.database)
        }
    }

    func restore() throws {
        try state.withLock { state in
            try cluster.drop(state.database)
            state.database = try cluster.makeDatabase(from: state.copy)
        }
    }

    func maximumTokenRows() throws -> Int {
        let url = state.withLock { $0.database }
        let sql = "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM refresh_tokens GROUP BY session_id) x"
        return Int(try cluster.run(sql: sql, in: url)) ?? 0
    }

    private static let tables = [
        "subjects", "sessions", "refresh_tokens", "signing_keys", "clients", "events", "revocations",
    ]
}
