package import HTTPTypes
import NIOHTTP1

/// The header fields of a request or of an answer, in their order (RFC 9110 §5). They are kept as NIO reads and writes
/// them, so that nothing is converted.
package struct HeaderFields: Sendable {
    private(set) var lines: HTTPHeaders

    /// - Parameter lines: fields that were read, or that have only bytes which RFC 9110 §5.5 allows.
    init(_ lines: HTTPHeaders) { self.lines = lines }

    package init() { lines = HTTPHeaders() }

    /// The values of a field, in their order.
    package subscript(values name: HTTPField.Name) -> [String] {
        var values: [String] = []
        for line in lines where line.name.isFieldName(name) { values.append(line.value.trimmed) }
        return values
    }

    /// The value of a field; nil if there is none. Several are joined to one list (RFC 9110 §5.3). A value that is set
    /// takes the place of all others.
    package subscript(name: HTTPField.Name) -> String? {
        get {
            var joined: String?
            for line in lines where line.name.isFieldName(name) {
                let value = line.value.trimmed
                joined = joined.map { "\($0), \(value)" } ?? value
            }
            return joined
        }
        set {
            if lines.contains(where: { $0.name.isFieldName(name) }) { lines.remove(name: name.rawName) }
            if let newValue { append(name, newValue) }
        }
    }

    /// Adds a field. A byte that RFC 9110 §5.5 forbids becomes a space.
    package mutating func append(_ name: HTTPField.Name, _ value: String) {
        lines.add(name: name.rawName, value: value.isFieldValue ? value : value.withoutControls)
    }

    /// Takes the lines out, so that they can be added to without being copied.
    mutating func removeAll() -> HTTPHeaders {
        defer { lines = HTTPHeaders() }
        return lines
    }

    package mutating func append(contentsOf other: HeaderFields) { lines.add(contentsOf: other.lines) }
}

extension HeaderFields: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral fields: (HTTPField.Name, String)...) {
        self.init()
        // With room for those that every answer has besides.
        lines.reserveCapacity(fields.count + 8)
        for (name, value) in fields { append(name, value) }
    }
}

extension String {
    fileprivate func isFieldName(_ name: HTTPField.Name) -> Bool {
        utf8.count == name.canonicalName.utf8.count && utf8.isWord(name.canonicalName)
    }

    /// Without the white space around it, which is no part of a value (RFC 9110 §5.5).
    fileprivate var trimmed: String {
        let value = utf8.trimmingSpaces()
        return value.count == utf8.count ? self : String(Substring(value))
    }

    private static func isForbidden(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 || byte == 0x7F }

    fileprivate var isFieldValue: Bool { !utf8.contains { String.isForbidden($0) } }

    fileprivate var withoutControls: String {
        String(decoding: utf8.map { String.isForbidden($0) ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}
