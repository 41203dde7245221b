import StrictCoding
package import TokenCore

/// A user of another system, as a line of an import describes it:
/// `{"username":"ada","password_hash":"$2b$12$…","claims":{…},"disabled":false}`.
package struct ImportedUser: Sendable {
    package let user: ImportUsers.User

    /// What is wrong with a line.
    package struct Mistake: Error, CustomStringConvertible {
        package let description: String
    }

    /// The longest line, in bytes.
    package static let maximumLength = 65_536

    private static let members = ["username", "password_hash", "claims", "disabled"]

    /// - Parameter line: without the newline. A member that is `null` counts as absent.
    /// - Throws: ``Mistake``
    package init(_ line: [UInt8], entropy: Entropy = .system) throws(Mistake) {
        let json: JSON
        do { json = try JSONReader.read(line) } catch { throw Mistake(description: "not valid JSON: \(error)") }
        guard case .object(let members) = json else {
            throw Mistake(description: "\(json.kind); expected a JSON object")
        }
        for member in members where !ImportedUser.members.contains(where: member.name.isExactly) {
            throw Mistake(description: "the member \"\(member.name)\" is not known")
        }
        func read<Value>(_ name: String, _ read: (JSON) throws -> Value) throws(Mistake) -> Value? {
            guard let value = members[name], value != .null else { return nil }
            do { return try read(value) } catch { throw Mistake(description: "\"\(name)\": \(error)") }
        }
        let username = try read("username") { value in
            guard let username = Username(try value.text) else {
                throw Mistake(description: "this is not a valid name: a name has \(Username.rule)")
            }
            return username
        }
        guard let username else { throw Mistake(description: "\"username\" is missing") }
        let hash = try read("password_hash") { try PasswordHash.checking(try $0.text) }
        let claims = try read("claims") { try Claims.checking($0) } ?? nil
        let isDisabled = try read("disabled") { try $0.boolean } ?? false
        user = ImportUsers.User(
            account: SubjectRecord.Account(
                username: username.text, usernameKey: username.keys.exact, foldedUsername: username.keys.folded,
                password: hash),
            state: isDisabled ? .disabled : .active, claims: claims, entropy: entropy)
    }
}

extension JSON {
    fileprivate var text: String {
        get throws(ImportedUser.Mistake) {
            guard case .string(let text) = self else { throw mistake(expected: "a string") }
            return text
        }
    }

    fileprivate var boolean: Bool {
        get throws(ImportedUser.Mistake) {
            guard case .bool(let value) = self else { throw mistake(expected: "a boolean") }
            return value
        }
    }

    private func mistake(expected: String) -> ImportedUser.Mistake {
        ImportedUser.Mistake(description: "\(kind); expected \(expected)")
    }
}
