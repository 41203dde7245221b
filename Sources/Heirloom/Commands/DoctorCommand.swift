import Accounts
import ArgumentParser
import Federation
import Foundation
import SessionEngine
import TokenCore
import TokenSigning

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check this installation and print what is wrong.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        var isWell = true
        func report(_ subject: String, _ defect: String?) {
            isWell = isWell && defect == nil
            Terminal.write("\(defect == nil ? "ok  " : "BAD ") \(subject)\(defect.map { ": \($0)" } ?? "")")
        }
        let configuration = try options.load()
        report("configuration \(options.config)", nil)
        for warning in configuration.warnings { Terminal.say("warning: \(warning)") }

        let assembly: Assembly
        do { assembly = try await Assembly(configuration) } catch {
            report("database and master key", "\(error)")
            throw ExitCode.failure
        }
        report("schema", nil)
        report(assembly.store.place, try assembly.store.check().first)
        for path in SecretFiles.own(of: assembly) {
            report("mode of \(path)", SecretFiles.exposure(of: path)?.description)
        }
        for exposed in SecretFiles.written(of: configuration).compactMap(SecretFiles.exposure) {
            Terminal.say("warning: mode of \(exposed.path): \(exposed)")
        }
        do {
            _ = try await assembly.keyRing()
            report("signing keys", nil)
        } catch KeyFailure.noCurrentKey {
            report("signing keys (none; the first start makes them)", nil)
        } catch {
            report("signing keys", "\(error)")
        }
        let check = ProviderCheck(HTTPUpstreamTransport())
        for provider in configuration.federation.providers {
            let findings = await check.findings(on: provider)
            report("provider \(provider.id)", findings.isEmpty ? nil : findings.joined(separator: "; "))
        }
        for webhook in configuration.webhooks {
            let failingSince = try await assembly.store.webhookCursor(webhook.name)?.failingSince
            report("webhook \(webhook.name)", failingSince.map { "it cannot be delivered since \($0)" })
        }
        for line in try await notes(assembly) { Terminal.write("note \(TerminalText.escaped(line))") }
        let free = try FileManager.default.attributesOfFileSystem(forPath: configuration.dataDirectory)[.systemFreeSize]
        let megabytes = ((free as? NSNumber)?.intValue ?? 0) / 1_000_000
        report("free space, \(megabytes) MB", megabytes < 100 ? "under 100 MB" : nil)
        try assembly.store.close()
        if !isWell { throw ExitCode.failure }
    }

    /// What an operator should know and no login suffers from, a sentence each.
    private func notes(_ assembly: Assembly) async throws -> [String] {
        let directory = assembly.directory
        let equal = try await directory.usersOfEqualNames(limit: DoctorCommand.noteLimit).map {
            "another user's name equals \($0.shown): both log in with this spelling only; run: heirloom user rename"
        }
        let invalid = try await directory.usersOfInvalidNames(limit: DoctorCommand.noteLimit).map {
            "no new user could have the name \($0.shown); run: heirloom user rename"
        }
        return equal + invalid + (try await assembly.clients.clients().flatMap(\.notes))
    }

    /// The most users that are listed for one reason.
    private static let noteLimit = 100
}

extension ClientRecord {
    /// What the client may do beyond a new one.
    fileprivate var notes: [String] {
        var notes: [String] = []
        if allowedScope == nil {
            notes.append(
                "the client \(id) may ask for any scope; run: heirloom client set \(id) --scope \"WHAT IT NEEDS\"")
        }
        if may(.vouch) {
            let others = permissionNames.filter { $0 != Permission.vouch.rawValue }.joined(separator: ",")
            notes.append(
                "the client \(id) may open a session for anybody; if it need not, run: heirloom client set \(id) "
                    + "--permit \"\(others)\"")
        }
        return notes
    }
}

extension SubjectRecord {
    /// A user's name and id.
    fileprivate var shown: String { "\"\(account?.username ?? "")\" (\(id.value))" }
}
