import Foundation

extension ConfigurationReader {
    /// The text of a file that a key names, without white space around it. Nil when there is none; the mistakes then
    /// have it.
    mutating func secret(in key: ConfigurationKey<String>) -> String? {
        guard let file = optionalPath(key) else {
            if !hasMistake(at: key.path) { refuse(key.path, "expected a file, found none") }
            return nil
        }
        // This is a mistake already.
        if self[key].hasPrefix("~") { return nil }
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            refuse(key.path, "\(file) cannot be read")
            return nil
        }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty, secret.utf8.count <= 16_384 else {
            refuse(key.path, "\(file) is empty or too long")
            return nil
        }
        noteSecret(in: file)
        return secret
    }
}
