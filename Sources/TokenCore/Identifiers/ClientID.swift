/// The id of a client: an application that holds tokens.
package struct ClientID: OpaqueID, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    /// The id that a request names. A name that no client can have becomes an id that no client has: neither its length
    /// nor its content reaches the store.
    package init(requested name: String) { self = ClientID(named: name) ?? ClientID("?") }

    /// The id of a new client: 1 to 64 letters, digits, `.`, `_` and `-`, which need no encoding in a form, in HTTP
    /// Basic, in a scope and in a log line. Nil for any other name.
    package init?(named name: String) {
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isName, (1...64).contains(name.utf8.count) else { return nil }
        value = name
    }

    /// The built-in public client.
    package static let web = ClientID("web")

    package var description: String { value }
}
