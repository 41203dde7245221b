import Libpq
import PostgresStore
import Testing

struct TargetTests {
    @Test(arguments: [
        "postgres://u:hunter2@db.example:5432/heirloom",
        "postgresql://db.example/heirloom?sslmode=verify-full&sslrootcert=system",
        "postgres://u@a:1,b:2/heirloom?target_session_attrs=any", "postgres:///heirloom?host=/run/postgresql",
        "postgres://u:p%40ss%2Fword@[2001:db8::1]/heirloom", "postgres://",
    ])
    func `a URL that libpq accepts is accepted, and its password is not shown`(url: String) throws {
        let target = try PostgresTarget(url)
        #expect(target.description.hasPrefix("PostgreSQL at ") && !target.description.contains("hunter2"))
    }

    @Test(arguments: [
        "", "sqlite:x", "postgres:/x", "host=x dbname=y", "postgres://u:hunter2@h/d?colour=red",
        "postgres://u:hunter2%zz@h/d",
        "postgres://u:hunter2/x@h/d", "postgres://u:a@hunter2@h/d", "postgres://h:port/d", "postgres://h/d@x",
        "postgres://h/d?connect_timeout=0", "postgres://h/d?connect_timeout=never",
        "postgres://h/d?connect_timeout=3600",
    ])
    func `a URL that cannot be used is refused and not repeated`(url: String) {
        let error = #expect(throws: PostgresTarget.Malformed.self) { try PostgresTarget(url) }
        #expect(!"\(error as Any)".contains("hunter2"))
    }

    @Test(arguments: [("libnowhere.so.5", "apt-get install libpq5"), ("libsqlite3.so.0", "lacks PQ")])
    func `a client library that is missing is named with what to install`(name: String, reason: String) {
        let error = #expect(throws: LibpqLibrary.NotLoaded.self) { try LibpqLibrary(name) }
        #expect("\(error as Any)".contains(reason) && "\(error as Any)".contains(name))
    }

    @Test func `the failure to reach a server names the host and not the password`() throws {
        let target = try PostgresTarget("postgres://u:hunter2@127.0.0.1:1/d")
        let error = #expect(throws: PostgresFailure.self) { try PostgresStore(target) }
        #expect("\(error as Any)".contains("127.0.0.1") && !"\(error as Any)".contains("hunter2"))
    }
}
