/// A header field of an HTTP message.
public struct HeaderField: Sendable, Equatable {
    /// The name, in any case.
    public let name: String
    /// The value.
    public let value: String

    /// Makes a field from its name and value.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension [HeaderField] {
    /// The value of the field of this name, which is given in lower-case ASCII; nil unless there is exactly one.
    func only(_ name: String) -> String? {
        let found = filter { field in
            field.name.utf8.count == name.utf8.count
                && zip(field.name.utf8, name.utf8).allSatisfy { $0 == $1 || ($0 | 0x20 == $1 && $1 >= 0x61) }
        }
        return found.count == 1 ? found[0].value : nil
    }
}
