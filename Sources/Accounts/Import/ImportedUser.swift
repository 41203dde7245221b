import SessionEngine
import StrictCoding
package import TokenCore

/// A user of another system, as a line of an import describes it:
/// `{"username":"ada","password_hash":"$2b$12$…","claims":{…},"disabled":false,"identities":[{"issuer":…,"sub":…}]}`.
package struct ImportedUser: Sendable {
    package let user: ImportUsers.User

    /// What is wrong with a line.
    package struct Mistake: Error, CustomStringConvertible {
        package let description: String
    }

    /// The longest line, in bytes.
    package static let maximumLength = 65_536

    private static let members = ["username", "password_hash", "claims", "disabled", "identities"]

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
        let identities = try read("identities") { try $0.identities } ?? []
        user = ImportUsers.User(
            account: SubjectRecord.Account(
                username: username.text, usernameKey: username.keys.exact, foldedUsername: username.keys.folded,
                password: hash),
            state: isDisabled ? .disabled : .active, claims: claims, identities: identities, entropy: entropy)
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

    /// What providers know the user as.
    fileprivate var identities: [Identity] {
        get throws(ImportedUser.Mistake) {
            guard case .array(let elements) = self else { throw mistake(expected: "an array") }
            guard elements.count <= IdentityRecord.maximumPerSubject else {
                throw ImportedUser.Mistake(
                    description: "a user has at most \(IdentityRecord.maximumPerSubject) identities")
            }
            var identities: [Identity] = []
            for element in elements {
                guard case .object(let members) = element, members.count == 2,
                    let issuer = members["issuer"], let subject = members["sub"]
                else { throw ImportedUser.Mistake(description: "expected objects with the members issuer and sub") }
                guard let identity = Identity(issuer: try issuer.text, providerSubject: try subject.text) else {
                    throw ImportedUser.Mistake(description: "this is not an identity: \(Identity.rule)")
                }
                identities.append(identity)
            }
            return identities
        }
    }

    private func mistake(expected: String) -> ImportedUser.Mistake {
        ImportedUser.Mistake(description: "\(kind); expected \(expected)")
    }
}
