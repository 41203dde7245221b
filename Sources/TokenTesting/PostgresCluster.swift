import Foundation
import Synchronization

/// A PostgreSQL server for tests: Debian's package in a temporary folder, behind a socket file, run by an unprivileged
/// user. It ends when the process that started it ends, also by a crash.
package final class PostgresCluster: Sendable {
    /// The server that all tests of a process share. It runs without fsync.
    package static let shared = Result { try PostgresCluster() }

    /// A command that failed, with its output.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private static let owner = "postgres"

    private let folder: URL
    private let binaries: String
    private let databases = Atomic(0)

    private init() throws {
        guard let binaries = PostgresCluster.binaries() else {
            throw Failure(description: "No PostgreSQL server is installed. Install the package postgresql.")
        }
        self.binaries = binaries
        // The path of a socket has at most 107 bytes.
        folder = URL(filePath: "/tmp/heirloom-pg-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        if getuid() == 0 { try PostgresCluster.run("chown", PostgresCluster.owner, folder.path) }
        try asOwner(
            "initdb", "-D", folder.path + "/data", "--no-sync", "--locale=C", "--encoding=UTF8", "-A", "trust",
            "-U", "heirloom")
        try """
        listen_addresses = ''
        unix_socket_directories = '\(folder.path)'
        fsync = off
        shared_buffers = 32MB
        max_connections = 500
        deadlock_timeout = 100ms

        """.write(to: folder.appending(path: "data/heirloom.conf"), atomically: true, encoding: .utf8)
        let main = folder.appending(path: "data/postgresql.conf")
        let settings = try String(contentsOf: main, encoding: .utf8)
        try (settings + "include 'heirloom.conf'\n").write(to: main, atomically: false, encoding: .utf8)
        if getuid() == 0 { try PostgresCluster.run("chown", "-R", PostgresCluster.owner, folder.path) }
        try startServer()
        for _ in 0..<1000 {
            if (try? run(sql: "SELECT 1")) != nil { return }
            usleep(20_000)
        }
        throw Failure(description: "PostgreSQL did not start.")
    }

    /// Starts the server behind a shell, which ends the server when its input closes: when this process ends.
    private func startServer() throws {
        let server = (PostgresCluster.unprivileged + [binaries + "/postgres", "-D", folder.path + "/data"])
            .joined(separator: " ")
        let script = """
            cd /tmp; \(server) >\(folder.path)/log 2>&1 & read line; kill -QUIT $!; \
            while [ -e \(folder.path)/data/postmaster.pid ]; do sleep 0.1; done; rm -rf \(folder.path)
            """
        guard popen(script, "we") != nil else { throw Failure(description: "PostgreSQL cannot be started.") }
    }

    /// Makes an empty database.
    ///
    /// - Parameter template: the URL of a database to copy; it must have no connections.
    /// - Returns: its URL.
    package func makeDatabase(from template: String? = nil) throws -> String {
        let name = "d\(databases.add(1, ordering: .relaxed).newValue)"
        try run(sql: "CREATE DATABASE \(name) TEMPLATE \(template.map { PostgresCluster.name(in: $0) } ?? "template0")")
        return url(of: name)
    }

    /// Drops a database and breaks its connections.
    package func drop(_ url: String) throws {
        try run(sql: "DROP DATABASE IF EXISTS \(PostgresCluster.name(in: url)) WITH (FORCE)")
    }

    /// Breaks every connection to a database.
    package func disconnect(_ url: String) throws {
        let name = PostgresCluster.name(in: url)
        try run(sql: "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '\(name)'")
    }

    /// Runs SQL as the superuser.
    ///
    /// - Returns: the rows, one a line, with `|` between columns.
    @discardableResult
    package func run(sql: String, in url: String? = nil) throws -> String {
        try PostgresCluster.run(
            binaries + "/psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", folder.path, "-U", "heirloom", "-d",
            url.map { PostgresCluster.name(in: $0) } ?? "postgres", "-c", sql)
    }

    private func url(of database: String) -> String {
        "postgres://heirloom@/\(database)?host=\(folder.path.replacing("/", with: "%2F"))"
    }

    private static func name(in url: String) -> String {
        String(url.dropFirst("postgres://heirloom@/".count).prefix { $0 != "?" })
    }

    private static func binaries() -> String? {
        let folder = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return versions.compactMap { Int($0) }.max().map { "\(folder)/\($0)/bin" }
    }

    /// The prefix of a command that runs as a user whom PostgreSQL allows to start a server.
    private static var unprivileged: [String] {
        getuid() == 0 ? ["setpriv", "--reuid=\(owner)", "--regid=\(owner)", "--clear-groups"] : []
    }

    private func asOwner(_ command: String, _ arguments: String...) throws {
        try PostgresCluster.run(PostgresCluster.unprivileged + [binaries + "/" + command] + arguments)
    }

    @discardableResult
    private static func run(_ arguments: String...) throws -> String { try run(arguments) }

    /// Runs a command with `popen`: Foundation's `Process` waits in the run loop of its thread.
    @discardableResult
    private static func run(_ arguments: [String]) throws -> String {
        let quoted = arguments.map { "'" + $0.replacing("'", with: "'\\''") + "'" }
        guard let output = popen("cd /tmp; " + quoted.joined(separator: " ") + " 2>&1", "re") else {
            throw Failure(description: "\(arguments.prefix(1)) cannot be run")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, output), count > 0 { bytes += buffer[..<count] }
        let text = String(decoding: bytes, as: UTF8.self)
        guard pclose(output) == 0 else { throw Failure(description: "\(arguments.prefix(1)) failed: \(text)") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
