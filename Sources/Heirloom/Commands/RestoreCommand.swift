import ArgumentParser
import Foundation
import SQLiteStore
import SessionEngine
import StrictCoding
import TokenCore
import TokenSigning

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Replace the database with a backup and print what this undoes.",
        discussion: """
            Stop the service first. The copy is checked, the database that it replaces is kept under another name. \
            Logouts and key revocations since the backup are undone; those that the replaced database knows are \
            printed. See docs/operations.md.
            """)

    @Argument(help: "The backup, a file that heirloom backup has made.") var file: String
    @Flag(help: "End every session.") var endSessions = false
    @Flag(help: "Print a JSON array.") var json = false
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try options.load()
        guard case .sqlite(let path, _) = configuration.database else {
            throw CommandFailure(
                "heirloom does not restore PostgreSQL; stop every node and use pg_restore (see docs/operations.md)")
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: file)
        // Reading a pipe or a device may never end.
        if let type = attributes?[.type] as? FileAttributeType, ![.typeRegular, .typeSymbolicLink].contains(type) {
            throw CommandFailure("\(file) is not a regular file")
        }
        let draft = try RestoreDraft(of: file, for: path)
        defer { draft.discard() }
        let rules = try await check(draft, configuration)
        let now = SystemClock.now()
        let inheritance = try draft.inherit(
            at: now, endingSessionsBy: endSessions ? rules : nil, as: Administrator.current)
        let kept = try draft.replace(at: now)
        Terminal.say("\(file) is restored as \(path).")
        if let kept { Terminal.say("The replaced database is kept as \(kept); remove it when you do not need it.") }
        if endSessions { Terminal.say("Every session is ended.") }
        if inheritance.isComplete {
            Terminal.say(inheritance.undone.isEmpty ? "Nothing is undone." : "Undone, because it is not in the backup:")
        } else {
            Terminal.say(
                "The replaced database is missing or damaged: what the restore undoes is not known. Logouts, changes "
                    + "of passwords and key revocations since the backup are undone.")
        }
        report(inheritance.undone)
    }

    /// Brings the copy's schema up to date, and checks that the master key fits.
    private func check(_ draft: RestoreDraft, _ configuration: Configuration) async throws -> SessionRules {
        let store = try SQLiteStore(path: draft.path)
        defer { try? store.close() }
        guard try store.schemaDifferences().isEmpty else {
            throw CommandFailure(
                "\(file) is not a database of this service; its schema differs in "
                    + (try store.schemaDifferences().joined(separator: ", ")))
        }
        let keys = try await store.signingKeys()
        let masterKeys = try configuration.masterKey.load(mayMake: false)
        for key in keys { _ = try KeySealer(masterKeys).open(key) }
        return configuration.sessionRules(masterKeys)
    }

    private func report(_ undone: [EventRecord]) {
        if json {
            var writer = JSONWriter()
            writer.array { json in for event in undone { json.object { $0.event(event) } } }
            Terminal.write(writer.bytes)
        } else if !undone.isEmpty {
            let rows = undone.map { event in
                [
                    event.at.description, event.kind.rawValue, event.subject?.value ?? event.client?.value ?? "-",
                    event.session?.description ?? "-", event.detail ?? "-",
                ]
            }
            Terminal.write(table: [["TIME", "KIND", "WHO", "SESSION", "DETAIL"]] + rows)
        }
    }
}
