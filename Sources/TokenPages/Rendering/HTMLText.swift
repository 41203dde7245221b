import Mustache

/// Text in a page of HTML.
///
/// The template library escapes grapheme clusters. It does not escape a markup character that forms a cluster with a
/// combining mark, or with a letter such as U+0D4E before it. A browser treats that character as markup. So this type
/// escapes bytes.
struct HTMLText: MustacheContentType {
    /// Makes a template use this type. It must be at the beginning of each source: a partial does not inherit it.
    static let pragma = {
        MustacheContentTypes.register(HTMLText(), named: name)
        return "{{% CONTENT_TYPE:\(name)}}"
    }()

    private static let name = "HTML_SCALARS"

    func escapeText(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "\""): bytes += "&quot;".utf8
            case UInt8(ascii: "'"): bytes += "&#39;".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
