/// An answer of a provider.
package struct UpstreamAnswer: Sendable {
    package let status: Int
    /// The value of `Content-Type`.
    package let contentType: String?
    package let etag: String?
    package let body: [UInt8]

    package init(status: Int, contentType: String?, etag: String? = nil, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.etag = etag
        self.body = body
    }

    /// Whether the media type is JSON: `application/json`, or a type that ends in `+json` (RFC 6839 §3.1).
    var isJSON: Bool {
        guard let contentType else { return false }
        let type = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }.drop { $0 == 0x20 || $0 == 0x09 }
        let lowered = type.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        let trimmed = lowered.prefix { $0 > 0x20 && $0 < 0x7F }
        guard lowered.dropFirst(trimmed.count).allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return false }
        return trimmed.elementsEqual("application/json".utf8)
            || trimmed.starts(with: "application/".utf8) && trimmed.suffix(5).elementsEqual("+json".utf8)
    }
}
