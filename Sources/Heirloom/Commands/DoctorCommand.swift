import ArgumentParser
import Foundation
import TokenSigning

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look for what is wrong with this installation.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        var isWell = true
        func report(_ what: String, _ trouble: String?) {
            isWell = isWell && trouble == nil
            Terminal.write("\(trouble == nil ? "ok  " : "BAD ") \(what)\(trouble.map { ": \($0)" } ?? "")")
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
        let damage = try assembly.store.check()
        report(assembly.store.place, damage.first)
        for path in privateFiles(assembly) where FileManager.default.fileExists(atPath: path) {
            report("mode of \(path)", modeTrouble(path))
        }
        do {
            _ = try await KeyRing(store: assembly.store, sealer: assembly.sealer)
            report("signing keys", nil)
        } catch KeyFailure.noCurrentKey {
            report("signing keys (none yet: the first start makes them)", nil)
        } catch {
            report("signing keys", "\(error)")
        }
        let free = try FileManager.default.attributesOfFileSystem(forPath: configuration.dataDirectory)[.systemFreeSize]
        let megabytes = ((free as? NSNumber)?.intValue ?? 0) / 1_000_000
        report("free space, \(megabytes) MB", megabytes < 100 ? "under 100 MB" : nil)
        try assembly.store.close()
        if !isWell { throw ExitCode.failure }
    }

    private func privateFiles(_ assembly: Assembly) -> [String] {
        let configuration = assembly.configuration
        return [configuration.masterKey.file ?? configuration.masterKey.defaultFile, configuration.adminTokenFile]
            + assembly.store.files
    }

    private func modeTrouble(_ path: String) -> String? {
        let mode = (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]) as? NSNumber
        guard let mode, mode.intValue & 0o077 != 0 else { return nil }
        return "others may read it; run: chmod 600 \(path)"
    }
}
