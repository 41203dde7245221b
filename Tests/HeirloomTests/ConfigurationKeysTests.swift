import Foundation
import Heirloom
import StrictCoding
import Testing

@Suite("Configuration keys")
struct ConfigurationKeysTests {
    /// The values of the project's `config.json`, by path.
    private let values: [String: JSON]

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let file = try Data(contentsOf: root.appending(path: "config.json"))
        values = ConfigurationKeysTests.flatten(try JSONReader.read(Array(file)), under: "")
    }

    @Test("config.json has every key and no other")
    func configurationFileIsComplete() {
        #expect(values.keys.sorted() == ConfigurationKeys.all.map(\.path).sorted())
    }

    /// Keys whose default is what versions before them did, so that no existing file changes its meaning.
    private static let others = ["refreshToken.maxSessionsPerSubject"]

    @Test("config.json has the defaults", arguments: ConfigurationKeys.all.map(\.path).filter { !others.contains($0) })
    func configurationFileHasDefaults(path: String) throws {
        let key = try #require(ConfigurationKeys.all.first { $0.path == path })
        #expect(isDefault(try #require(values[path]), of: key), "\(path)")
    }

    @Test("config.json limits sessions, and a file without the limit has none")
    func sessionsAreLimited() throws {
        #expect(values["refreshToken.maxSessionsPerSubject"] == .integer(100))
        let key = ConfigurationKeys.all.first { $0.path == "refreshToken.maxSessionsPerSubject" }
        #expect(key?.defaultValue as? Int == 0)
    }

    @Test("a key accepts its default")
    func defaultsAreAccepted() throws {
        for key in ConfigurationKeys.all {
            let value = try #require(values[key.path])
            #expect(key.decode(value) != nil, "\(key.path): \(key.expectation)")
        }
    }

    @Test("a key for integers has a range", arguments: [Int.max, Int.min, 1 << 62, -1])
    func integersHaveRanges(number: Int) {
        for key in ConfigurationKeys.all where key.defaultValue is Int {
            #expect(key.decode(.integer(number)) == nil && key.decode(text: String(number)) == nil, "\(key.path)")
            #expect(key.decode(.number(Double(number))) == nil, "\(key.path)")
            #expect(key.decode(text: String(number) + "0") == nil, "\(key.path)")
        }
    }

    private func isDefault<Key: ConfigurationKeyProtocol>(_ json: JSON, of key: Key) -> Bool {
        key.decode(json) == key.defaultValue
    }

    private static func flatten(_ json: JSON, under path: String) -> [String: JSON] {
        guard case .object(let members) = json else { return [path: json] }
        return members.reduce(into: [:]) { values, member in
            let inner = flatten(member.value, under: path.isEmpty ? member.name : "\(path).\(member.name)")
            values.merge(inner) { $1 }
        }
    }
}
