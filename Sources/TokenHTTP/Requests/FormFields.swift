import StrictCoding

/// The fields of a form or a query (`application/x-www-form-urlencoded`), read strictly: a repeated name, an invalid
/// percent-encoding and invalid UTF-8 are errors (RFC 6749 §3.2, appendix B).
package struct FormFields: Sendable {
    private static let maximumCount = 64

    /// Few, so that looking through them is fast. Names are compared as bytes.
    private var values: [(name: String, value: String)] = []

    /// - Throws: `invalid_request`.
    package init(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let field = rest[..<(rest.firstIndex(of: UInt8(ascii: "&")) ?? rest.endIndex)]
            rest = rest[field.endIndex...].dropFirst()
            guard !field.isEmpty else { continue }
            guard values.count < FormFields.maximumCount else {
                throw Problem(.invalidRequest, "There are too many fields.")
            }
            let equals = field.firstIndex(of: UInt8(ascii: "="))
            guard let name = FormEncoding.decode(field[..<(equals ?? field.endIndex)]),
                let value = equals.map({ FormEncoding.decode(field[($0 + 1)...]) }) ?? ""
            else { throw Problem(.invalidRequest, "A field is not percent-encoded UTF-8.") }
            guard index(of: name) == nil else { throw Problem(.invalidRequest, "A field appears more than once.") }
            values.append((name, value))
        }
    }

    /// Whether there is no field but those of `names`.
    func hasOnly(_ names: [String]) -> Bool {
        values.allSatisfy { field in names.contains { $0.utf8.elementsEqual(field.name.utf8) } }
    }

    /// A field's value; nil when it is absent or empty, which have the same meaning (RFC 6749 §3.2).
    package subscript(name: String) -> String? {
        guard let index = index(of: name), !values[index].value.isEmpty else { return nil }
        return values[index].value
    }

    private func index(of name: String) -> Int? { values.firstIndex { $0.name.utf8.elementsEqual(name.utf8) } }

    /// A field's value.
    ///
    /// - Throws: `invalid_request` when it is absent or empty.
    func required(_ name: String) throws -> String {
        guard let value = self[name] else { throw Problem(.invalidRequest, "The field \(name) is missing.") }
        return value
    }
}
