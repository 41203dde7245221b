import Foundation
import TokenHTTP

/// The files of an installation that hold secrets, and whether other users can read them.
enum SecretFiles {
    /// A file that other users can read or change.
    struct Exposed {
        let path: String
        /// The permissions in octal, `0644`.
        let mode: String
        var remedy: String { "chmod 600 \(path)" }
    }

    /// The files that there are, of every kind: keys, tokens, passwords, and the database.
    static func paths(of assembly: Assembly) -> [String] {
        let configuration = assembly.configuration
        let masterKey = configuration.masterKey
        var paths = [configuration.adminTokenFile] + assembly.store.files + masterKey.previousFiles
        if masterKey.inline.text.isEmpty { paths.append(masterKey.file ?? masterKey.defaultFile) }
        paths += configuration.filesWithSecrets
        if let tls = configuration.listener.tls { paths.append(tls.privateKey) }
        return paths.filter { FileManager.default.fileExists(atPath: $0) }
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
