import Accounts
import Foundation
import StrictCoding

/// Reads the values of all keys. The file overrides the defaults, the environment overrides the file, and the flags
/// override the environment. A mistake does not stop the reader: it collects all of them.
struct ConfigurationReader {
    private(set) var mistakes: [String] = []
    /// What is valid but may not be intended.
    private(set) var warnings: [String] = []
    /// The files that hold a key or a password.
    private(set) var filesWithSecrets: [String] = []
    private var values: [String: any Sendable] = [:]
    /// Where the file names a member, by path, unless the environment or a flag overrides it.
    private var positions: [String: TextPosition] = [:]
    /// The names of providers and webhooks, by the path of their section.
    private let names: [String: [String]]
    /// The keys that may appear.
    private let keys: [any ConfigurationKeyProtocol]
    private let file: String
    private let folder: URL
    /// Whether what only listeners need is checked.
    let isForListeners: Bool

    /// - Parameters:
    ///   - file: the path of the configuration file. Relative paths in the configuration start at its folder.
    ///   - flags: the texts of the flags, by the path of their key.
    ///   - isForListeners: whether a name of a listener must have an address and the logo is read.
    init(
        file: String, contents: [UInt8], environment: [String: String], flags: [String: String], isForListeners: Bool
    ) {
        self.file = file
        self.isForListeners = isForListeners
        folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        let json: Result<JSON, JSONReader.Failure> = Result { () throws(JSONReader.Failure) in
            try JSONReader.read(contents)
        }
        var names: [String: [String]] = [:]
        var keys = ConfigurationKeys.all
        for section in NamedSection.all {
            let found = section.names(in: try? json.get(), environment: environment, flags: flags)
            names[section.path] = found
            keys += found.flatMap(section.keys)
        }
        self.names = names
        self.keys = keys
        for key in keys { values[key.path] = key.defaultValue }
        do {
            let json = try json.get()
            positions = MemberOffsets.all(in: contents).mapValues { TextPosition(of: $0, in: contents) }
            if case .object(let members) = json {
                read(members, under: "")
            } else {
                refuse(file, "expected a JSON object, found \(json.kind)")
            }
        } catch {
            refuse(file, "\(error.reason) (\(TextPosition(of: error.offset, in: contents)))")
        }
        read(environment)
        for key in keys {
            if let text = flags[key.path] { set(key, to: text, from: "the flag \(key.flagName)") }
        }
    }

    /// The names of a section's members, sorted.
    func names(in section: NamedSection) -> [String] { names[section.path] ?? [] }

    /// The value of a key, which must be one of ``ConfigurationKeys/all`` or of a named section's member.
    subscript<Value>(key: ConfigurationKey<Value>) -> Value {
        guard let value = values[key.path] as? Value else {
            preconditionFailure("\(key.path) is missing in ConfigurationKeys.all")
        }
        return value
    }

    /// The absolute path that a key names.
    func path(_ key: ConfigurationKey<String>) -> String { path(self[key]) }

    /// The absolute path that a key names; nil when its value is empty.
    func optionalPath(_ key: ConfigurationKey<String>) -> String? { self[key].isEmpty ? nil : path(key) }

    /// The host that a key names: an IPv6 address without the brackets that it has in a URL.
    func host(_ key: ConfigurationKey<String>) -> HostName {
        let text = self[key]
        guard text.hasPrefix("["), text.hasSuffix("]") else { return HostName(text: text) }
        let address = String(text.dropFirst().dropLast())
        return HostName(text: IPAddress(address)?.isV6 == true ? address : text)
    }

    /// Refuses what is neither a name nor an address.
    mutating func requireHost(_ key: ConfigurationKey<String>) {
        let host = host(key)
        if !host.isWellFormed {
            let isPrintable = host.text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
            let found = isPrintable ? "\"\(host.text)\"" : "control or other characters"
            refuse(key.path, "expected a name or an address, such as 127.0.0.1, without a port, found \(found)")
        } else if isForListeners, !host.isKnown {
            refuse(key.path, "this machine knows no address of \(host.text); write an address, such as 127.0.0.1")
        }
    }

    /// Refuses what would name another file than the one that is meant.
    mutating func requirePath(_ text: String, _ key: some ConfigurationKeyProtocol) {
        if text.hasPrefix("~") { refuse(key.path, "~ is not expanded; write an absolute path") }
        if text.utf8.contains(0) { refuse(key.path, "expected a path, found a NUL character") }
    }

    func path(_ text: String) -> String { URL(fileURLWithPath: text, relativeTo: folder).path }

    /// Whether a path leads to a folder; nil when it leads to nothing.
    static func isFolder(_ path: String) -> Bool? {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
    }

    /// Remembers that a file holds a key or a password.
    mutating func noteSecret(in file: String) {
        if !filesWithSecrets.contains(file) { filesWithSecrets.append(file) }
    }

    /// Whether a mistake of a key is known already.
    func hasMistake(at path: String) -> Bool { mistakes.contains { $0.hasPrefix("\(path): ") } }

    /// Whether the file sets the value of a key, and nothing overrides it.
    func isFromFile(_ key: some ConfigurationKeyProtocol) -> Bool { positions[key.path] != nil }

    mutating func refuse(_ path: String, _ reason: String) {
        let position = positions[path].map { " (\($0))" } ?? ""
        mistakes.append("\(path): \(reason)\(position)")
    }

    mutating func warn(_ path: String, _ reason: String) { warnings.append("\(path): \(reason)") }
}

// MARK: - Sources

extension ConfigurationReader {
    private mutating func read(_ members: JSONObject, under prefix: String) {
        for (name, value) in members.sorted(by: { $0.name < $1.name }) {
            let path = prefix + name
            if let key = keys.first(where: { $0.path.isExactly(path) }) {
                set(key, to: value)
                let texts = key.isSecret ? value.strings ?? value.string.map { [$0] } ?? [] : []
                if texts.contains(where: Secret.holdsSecret) { noteSecret(in: file) }
            } else if let known = names[String(prefix.dropLast())], !known.contains(where: name.isExactly) {
                refuse(path, "expected a name of 1 to 32 lower-case letters and digits")
            } else if names[path] == nil, !keys.contains(where: { $0.path.hasPrefix(path + ".") }) {
                refuse(path, "unknown key" + SpellingHint.text(for: path, among: paths))
            } else if case .object(let inner) = value {
                read(inner, under: path + ".")
            } else {
                refuse(path, "expected an object, found \(found(value))")
            }
        }
    }

    /// The paths of all keys and of the sections that they are in.
    private var paths: Set<String> {
        var paths = Set(names.keys)
        for key in keys {
            let parts = key.path.split(separator: ".")
            for count in 1...parts.count { paths.insert(parts[..<count].joined(separator: ".")) }
        }
        return paths
    }

    private mutating func read(_ environment: [String: String]) {
        let keys = Dictionary(uniqueKeysWithValues: keys.map { ($0.environmentName, $0) })
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("HEIRLOOM_") {
            if let key = keys[name] {
                set(key, to: text, from: "the environment variable \(name)")
            } else {
                warnings.append(
                    "the environment variable \(name) names no key" + SpellingHint.text(for: name, among: keys.keys))
            }
        }
    }

    private mutating func set(_ key: any ConfigurationKeyProtocol, to json: JSON) {
        if let value = key.decode(json) {
            values[key.path] = value
        } else {
            refuse(key.path, "expected \(key.expectation), found \(key.isSecret ? json.kind : found(json))")
        }
    }

    private mutating func set(_ key: any ConfigurationKeyProtocol, to text: String, from source: String) {
        positions[key.path] = nil
        if let value = key.decode(text: text) {
            values[key.path] = value
        } else {
            refuse(key.path, "expected \(key.expectation), and \(source) is something else")
        }
    }

    /// A value as a message shows it: the value itself when it is short.
    private func found(_ value: JSON) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .string(let text) where text.utf8.count <= 20: "\"\(text)\""
        default: value.kind
        }
    }
}
