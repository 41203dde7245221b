import Foundation
import TokenCore

/// Where the master key is: in the configuration or the environment, in a named file, or in the data directory, where the
/// first start makes it.
struct MasterKeySource: Sendable {
    var inline: String
    var file: String?
    var defaultFile: String
    var previousInline: [String]
    var previousFiles: [String]

    enum Failure: Error, CustomStringConvertible {
        case missing(file: String)
        case unreadable(file: String, reason: String)
        case malformed(source: String)

        var description: String {
            switch self {
            case .missing(let file):
                "the master key file \(file) is missing, and the database was made with one: without it no token and no "
                    + "signing key can be read. Put the file back, or name it in masterKeyFile. If it is lost for good, move "
                    + "the database away and start anew; everybody then logs in again"
            case .unreadable(let file, let reason): "the master key file \(file) cannot be used: \(reason)"
            case .malformed(let source): "the master key in \(source) is not 32 bytes in base64 (44 characters)"
            }
        }
    }

    /// Reads the keys.
    ///
    /// - Parameter mayMake: whether a missing key file may be made: nothing depends on an earlier one.
    func load(mayMake: Bool) throws -> MasterKeyRing {
        let previous =
            try previousInline.map { try MasterKeySource.parse($0, from: "previousMasterKeys") }
            + previousFiles.map { try read($0) }
        if !inline.isEmpty {
            return MasterKeyRing(current: try MasterKeySource.parse(inline, from: "masterKey"), previous: previous)
        }
        let path = file ?? defaultFile
        if !FileManager.default.fileExists(atPath: path) {
            // Only in the default place: a named file that is missing is a mistake.
            guard mayMake, file == nil else { throw Failure.missing(file: path) }
            try make(path)
        }
        return MasterKeyRing(current: try read(path), previous: previous)
    }

    /// Reads what there is, and makes nothing.
    func verify() throws {
        let isFirstStart = inline.isEmpty && file == nil && !FileManager.default.fileExists(atPath: defaultFile)
        if !isFirstStart { _ = try load(mayMake: false) }
    }

    private func read(_ path: String) throws -> MasterKey {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw FileManager.default.fileExists(atPath: path)
                ? Failure.unreadable(file: path, reason: "it cannot be read") : Failure.missing(file: path)
        }
        return try MasterKeySource.parse(text, from: path)
    }

    private static func parse(_ text: String, from source: String) throws -> MasterKey {
        guard let bytes = Data(base64Encoded: text.trimmingCharacters(in: .whitespacesAndNewlines)),
            let key = MasterKey(bytes: bytes)
        else { throw Failure.malformed(source: source) }
        return key
    }

    private func make(_ path: String) throws {
        let random: RandomBytes<32> = Entropy.system.bytes()
        try PrivateFile.create(path, contents: Data(random.bytes).base64EncodedString() + "\n")
    }
}
