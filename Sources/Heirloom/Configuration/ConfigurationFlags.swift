import ArgumentParser
import Synchronization

/// Flags that stand for configuration keys: `--http-port 9000` or `--http-port=9000`.
enum ConfigurationFlags {
    /// Those of this process, by path.
    static let given = Mutex<[String: String]>([:])

    /// Takes such flags out of the arguments.
    static func split(_ arguments: [String]) throws -> (rest: [String], flags: [String: String]) {
        let keys = Dictionary(uniqueKeysWithValues: ConfigurationKey.all.map { ($0.flagName, $0.path) })
        var rest: [String] = []
        var flags: [String: String] = [:]
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let name = parts.first, let path = keys[name] else {
                rest.append(argument)
                continue
            }
            if parts.count == 2 {
                flags[path] = parts[1]
            } else {
                guard index < arguments.count else { throw ValidationError("\(argument) needs a value.") }
                flags[path] = arguments[index]
                index += 1
            }
        }
        return (rest, flags)
    }
}
