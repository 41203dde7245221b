import Foundation
import TokenHTTP

/// The files of an installation that hold secrets, and whether other users can read them.
enum SecretFiles {
    /// A file that other users can read or change.
    struct Exposed: CustomStringConvertible {
        let path: String
        /// The permissions in octal, `0644`.
        let mode: String
        var remedy: String { "chmod 600 \(path)" }
        var description: String { "\(mode): other users can read or change the file; run: \(remedy)" }
    }

    /// The files of the service itself: the master key, the admin token, the database.
    static func own(of assembly: Assembly) -> [String] {
        let masterKey = assembly.configuration.masterKey
        let current = masterKey.inline.text.isEmpty ? [masterKey.file ?? masterKey.defaultFile] : []
        return (current + [assembly.configuration.adminTokenFile] + assembly.store.files)
            .filter { FileManager.default.fileExists(atPath: $0) }
    }

    /// The files that an operator has written: configuration with keys or passwords, previous master keys, and the
    /// private key of TLS.
    static func written(of configuration: Configuration) -> [String] {
        (configuration.filesWithSecrets + configuration.masterKey.previousFiles
            + [configuration.listener.tls?.files.privateKey].compactMap { $0 })
            .filter { FileManager.default.fileExists(atPath: $0) }
    }

    /// What is wrong with the permissions of a file; nil when nothing is. The group may read a file of another owner:
    /// an administrator gives a file to the service in this way.
    static func exposure(of path: String) -> Exposed? {
        var status = stat()
        // The mode of a symbolic link itself means nothing.
        guard stat(path, &status) == 0 else { return nil }
        let others: mode_t = status.st_uid == geteuid() ? 0o077 : 0o007
        guard status.st_mode & others != 0 else { return nil }
        let digits = String(status.st_mode & 0o777, radix: 8)
        return Exposed(path: path, mode: String(repeating: "0", count: 4 - digits.count) + digits)
    }
}
