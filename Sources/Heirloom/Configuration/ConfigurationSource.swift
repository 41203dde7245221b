import Foundation
import StrictCoding

/// The values of all keys, from the defaults, the file, the environment and the flags, each overriding those before it.
struct ConfigurationSource {
    private(set) var values: [String: JSON]
    private(set) var mistakes: [String] = []
    /// What does no harm but should be said.
    private(set) var warnings: [String] = []

    init(file: [UInt8], fileName: String, environment: [String: String], flags: [String: String]) {
        values = Dictionary(uniqueKeysWithValues: ConfigurationKey.all.map { ($0.path, $0.defaultValue) })
        do {
            let json = try JSONReader.read(file)
            if case .object(let members) = json {
                read(members, under: "")
            } else {
                mistakes.append("\(fileName): expected a JSON object, found \(json.kind)")
            }
        } catch {
            mistakes.append("\(fileName): \(error)")
        }
        let byVariable = Dictionary(uniqueKeysWithValues: ConfigurationKey.all.map { ($0.environmentName, $0) })
        for (name, text) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("HEIRLOOM_") {
            if let key = byVariable[name] {
                set(key, to: key.parse(text), from: "the environment variable \(name)")
            } else {
                warnings.append("the environment variable \(name) stands for no key" + hint(name, byVariable.keys))
            }
        }
        for key in ConfigurationKey.all {
            if let text = flags[key.path] { set(key, to: key.parse(text), from: "the flag \(key.flagName)") }
        }
    }

    private mutating func read(_ members: [String: JSON], under prefix: String) {
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let path = prefix + name
            if let key = ConfigurationKey.all.first(where: { $0.path == path }) {
                if key.accepts(value) {
                    values[path] = value
                } else {
                    mistakes.append(
                        "\(path): expected \(key.expectation), found \(key.isSecret ? value.kind : found(value))")
                }
            } else if ConfigurationKey.all.contains(where: { $0.path.hasPrefix(path + ".") }) {
                if case .object(let inner) = value {
                    read(inner, under: path + ".")
                } else {
                    mistakes.append("\(path): expected an object, found \(found(value))")
                }
            } else {
                mistakes.append("\(path): unknown key" + hint(path, ConfigurationKey.all.map(\.path)))
            }
        }
    }

    private mutating func set(_ key: ConfigurationKey, to value: JSON?, from source: String) {
        if let value {
            values[key.path] = value
        } else {
            mistakes.append("\(key.path): expected \(key.expectation), and \(source) is something else")
        }
    }

    /// The value itself where it can be no secret.
    private func found(_ value: JSON) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .string(let text) where text.count <= 20: "\"\(text)\""
        default: value.kind
        }
    }

    private func hint(_ name: String, _ candidates: some Sequence<String>) -> String {
        let nearest = candidates.map { ($0, distance(name, $0)) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
        guard let nearest, nearest.1 <= max(2, name.count / 3) else { return "" }
        return "; did you mean \(nearest.0)?"
    }

    /// Levenshtein's edit distance.
    private func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased()), right = Array(right.lowercased())
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let substituted = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }

    func string(_ path: String) -> String { values[path]?.string ?? "" }
    func strings(_ path: String) -> [String] { values[path]?.strings ?? [] }
    func integer(_ path: String) -> Int { values[path]?.integer ?? 0 }
}
