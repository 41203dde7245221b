import Foundation
import SessionEngine
import TokenCore

/// Where the master keys are: in the configuration, in named files, or in a file in the data directory, which the first
/// start makes.
struct MasterKeySource: Sendable {
    /// The key itself; empty when it is in a file.
    let inline: Secret
    /// The file that the configuration names.
    let file: String?
    /// The file that is used when the configuration names none.
    let defaultFile: String
    let previousInline: [Secret]
    let previousFiles: [String]

    enum Failure: Error, CustomStringConvertible {
        case missing(file: String)
        case missingPrevious(file: String)
        case unreadable(file: String)
        case malformed(source: String)

        var description: String {
            switch self {
            case .missing(let file):
                "the master key file \(file) is missing. Without the key that the database was made with, no token and "
                    + "no signing key can be read. Put the file back, or name it in masterKeyFile. If the key is lost, "
                    + "move the database away and start again; all users then have to log in again"
            case .missingPrevious(let file):
                "the previous master key file \(file) is missing. Put it back, or take it out of "
                    + "previousMasterKeyFiles if nothing is sealed under that key any more and the tokens that it has "
                    + "authenticated have expired: docs/keys.md"
            case .unreadable(let file):
                "the master key file \(file) cannot be read; let the user of the service read it (mode 0600)"
            case .malformed(let source):
                "the master key in \(source) is not 32 bytes in base64 (44 characters), as openssl rand -base64 32 "
                    + "prints them"
            }
        }
    }

    /// Reads the keys.
    ///
    /// - Parameter mayMake: whether to make the default file when it is missing.
    /// - Throws: ``Failure``, or ``PrivateFile/Failure`` when the file cannot be made.
    func load(mayMake: Bool) throws -> MasterKeyRing {
        let previous =
            try previousInline.map { try MasterKeySource.parse($0.text, from: Key.previousInline.path) }
            + previousFiles.map { try MasterKeySource.read($0, isPrevious: true) }
        if !inline.text.isEmpty {
            return MasterKeyRing(
                current: try MasterKeySource.parse(inline.text, from: Key.inline.path), previous: previous)
        }
        let path = file ?? defaultFile
        if !FileManager.default.fileExists(atPath: path) {
            // A named file that is missing is a mistake.
            guard mayMake, file == nil else { throw Failure.missing(file: path) }
            try make(path)
        }
        return MasterKeyRing(current: try MasterKeySource.read(path), previous: previous)
    }

    /// Reads the keys that there are, and makes none. Before the first start there may be none.
    func verify() throws {
        let isFirstStart = inline.text.isEmpty && file == nil && madeFile == nil
        if !isFirstStart { _ = try load(mayMake: false) }
    }

    /// The default file, if it is used and exists.
    var madeFile: String? {
        inline.text.isEmpty && file == nil && FileManager.default.fileExists(atPath: defaultFile) ? defaultFile : nil
    }

    /// Reads a key from a file.
    ///
    /// - Parameter isPrevious: whether it is a previous key, without which only old tokens cannot be read.
    /// - Throws: ``Failure``
    static func read(_ path: String, isPrevious: Bool = false) throws -> MasterKey {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            if FileManager.default.fileExists(atPath: path) { throw Failure.unreadable(file: path) }
            throw isPrevious ? Failure.missingPrevious(file: path) : Failure.missing(file: path)
        }
        return try MasterKeySource.parse(text, from: path)
    }

    /// Reads a key from its text.
    ///
    /// - Parameter source: where the text is, for messages.
    /// - Throws: ``Failure``
    static func parse(_ text: String, from source: String) throws -> MasterKey {
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
