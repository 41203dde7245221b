import StrictCoding
import TokenCore

/// The members of a request's body, read by name and type. Unknown members are ignored, and a member that is `null`
/// counts as absent. A member of another type than expected is `invalid_request`.
struct JSONMembers: Sendable {
    let members: JSONObject

    init(members: JSONObject = JSONObject()) { self.members = members.withoutNulls() }

    /// An ASCII string of at most `maximumLength` bytes; nil when the member is absent.
    func string(_ name: String, maximumLength: Int = 1024) throws -> String? {
        let value = try text(name, maximumLength: maximumLength)
        guard value?.utf8.allSatisfy({ $0 < 0x80 }) != false else {
            throw Problem(.invalidRequest, "\"\(name)\" has a character that is not ASCII.")
        }
        return value
    }

    /// A string of any characters and of at most `maximumLength` bytes; nil when the member is absent.
    func text(_ name: String, maximumLength: Int = 1024) throws -> String? {
        switch members[name] {
        case nil: return nil
        case .string(let value):
            guard value.utf8.count <= maximumLength else {
                throw Problem(.invalidRequest, "\"\(name)\" is longer than \(maximumLength) bytes.")
            }
            return value
        case .some(let other): throw Problem(.invalidRequest, "\"\(name)\" is \(other.kind); expected a string.")
        }
    }

    /// A string of any characters and of at most `maximumLength` bytes.
    ///
    /// - Throws: `invalid_request` when the member is absent.
    func required(_ name: String, maximumLength: Int = 1024) throws -> String {
        guard let value = try text(name, maximumLength: maximumLength) else {
            throw Problem(.invalidRequest, "\"\(name)\" is missing.")
        }
        return value
    }

    /// An array of at most sixteen strings; nil when the member is absent.
    func strings(_ name: String) throws -> [String]? {
        guard let value = members[name] else { return nil }
        guard let strings = value.strings, strings.count <= 16 else {
            throw Problem(.invalidRequest, "\"\(name)\" is not an array of at most sixteen strings.")
        }
        return strings
    }

    /// An integer; nil when the member is absent.
    func integer(_ name: String) throws -> Int? {
        guard let value = members[name] else { return nil }
        guard let integer = value.integer else {
            throw Problem(.invalidRequest, "\"\(name)\" is \(value.kind); expected an integer.")
        }
        return integer
    }

    /// A boolean; nil when the member is absent.
    func boolean(_ name: String) throws -> Bool? {
        switch members[name] {
        case nil: return nil
        case .bool(let value): return value
        case .some(let other): throw Problem(.invalidRequest, "\"\(name)\" is \(other.kind); expected a boolean.")
        }
    }

    /// The member `scope`; an empty scope when it is absent.
    func scope() throws -> Scope {
        guard let text = try string("scope") else { return .none }
        guard let scope = Scope(text) else {
            throw Problem(.invalidRequest, "\"scope\" is not a space-separated list of scope tokens (RFC 6749 §3.3).")
        }
        return scope
    }
}
