import Foundation
import SessionEngine
import TokenCore
import TokenHTTP

/// The file that holds the admin token. The first start makes it with mode 0600. An operator may put another token into
/// it.
struct AdminTokenFile: Sendable {
    let path: String

    struct Failure: Error, CustomStringConvertible {
        let path: String
        let reason: String
        var description: String {
            "the admin token file \(path) cannot be used: \(reason). If you remove it, the next start makes a new one"
        }
    }

    /// Reads the token, and makes the file when it is missing.
    func load() throws -> AdminToken {
        if !FileManager.default.fileExists(atPath: path) {
            try PrivateFile.create(path, contents: AdminToken.generate(Entropy.system.bytes()) + "\n")
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Failure(path: path, reason: "it cannot be read")
        }
        guard let token = AdminToken(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Failure(
                path: path, reason: "a token has at least \(AdminToken.minimumLength) visible ASCII characters")
        }
        return token
    }
}
