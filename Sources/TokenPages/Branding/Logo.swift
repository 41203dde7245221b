/// A picture that the pages show instead of the mark of Heirloom.
package struct Logo: Sendable {
    let bytes: [UInt8]
    /// The media type of the bytes. The name of the file is not used.
    let contentType: String

    /// The media type of the mark of Heirloom.
    static let markType = "image/svg+xml"

    /// The largest file, in bytes.
    package static let maximumBytes = 65_536

    /// Why a file cannot be a logo.
    package enum Unusable: Error, CustomStringConvertible {
        case noFile
        case tooLarge
        case unknownType

        package var description: String {
            switch self {
            case .noFile: "is not a regular file"
            case .tooLarge: "is larger than \(Logo.maximumBytes) bytes; make the picture smaller"
            case .unknownType:
                "is no SVG (UTF-8, without declarations of its own), PNG, WebP or JPEG picture; convert it to one"
            }
        }
    }

    package init(_ bytes: [UInt8]) throws(Unusable) {
        guard bytes.count <= Logo.maximumBytes else { throw .tooLarge }
        guard let type = Logo.contentType(of: bytes) else { throw .unknownType }
        self.bytes = bytes
        contentType = type
    }

    private static func contentType(of bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return "image/webp" }
        return isSVG(bytes) ? markType : nil
    }

    /// Whether the first element of an XML document in UTF-8 is `svg`. Declarations, comments and a document type
    /// without an internal subset may precede it.
    private static func isSVG(_ bytes: [UInt8]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        while true {
            rest = rest.drop(while: isSpace)
            let end: String
            if rest.starts(with: "<?".utf8) {
                end = "?>"
            } else if rest.starts(with: "<!--".utf8) {
                end = "-->"
            } else if rest.starts(with: "<!DOCTYPE svg".utf8) {
                end = ">"
            } else {
                break
            }
            guard let range = rest.firstRange(of: Array(end.utf8)) else { return false }
            if end == ">", rest[..<range.lowerBound].contains(UInt8(ascii: "[")) { return false }
            rest = rest[range.upperBound...]
        }
        guard rest.starts(with: "<svg".utf8), let next = rest.dropFirst(4).first else { return false }
        return isSpace(next) || next == UInt8(ascii: ">")
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
}
