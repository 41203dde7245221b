import ArgumentParser
import Synchronization

/// Flags that set configuration keys: `--http-port 9000` or `--http-port=9000`.
enum ConfigurationFlags {
    /// The flags of this process: their texts, by the path of their key.
    static let given = Mutex<[String: String]>([:])

    /// Separates the flags that set configuration keys from the other arguments.
    ///
    /// - Throws: `ValidationError` when the last argument is such a flag and has no value.
    static func split(_ arguments: [String]) throws -> (rest: [String], flags: [String: String]) {
        let paths = Dictionary(uniqueKeysWithValues: ConfigurationKeys.all.map { ($0.flagName, $0.path) })
        var rest: [String] = []
        var flags: [String: String] = [:]
        var remaining = arguments[...]
        while let argument = remaining.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let name = parts.first, let path = paths[name] ?? NamedSection.key(ofFlag: name)?.path
            else {
                rest.append(argument)
                continue
            }
            guard let value = parts.count == 2 ? parts[1] : remaining.popFirst() else {
                throw ValidationError("\(argument) needs a value.")
            }
            flags[path] = value
        }
        return (rest, flags)
    }
}
