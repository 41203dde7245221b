import Crypto
import HTTPTypes
package import Hummingbird
import NIOCore
import StrictCoding

/// A public document that caches may store, and revalidate by its entity tag (RFC 9110 §8.8.3).
package struct CacheableDocument: Sendable {
    private let body: ByteBuffer
    private let contentType: String
    private let etag: String
    private let maxAgeSeconds: Int

    /// - Parameters:
    ///   - maxAgeSeconds: how long a cache may use the document without revalidation.
    ///   - etag: a strong entity tag, with its quotes; nil for one made of the bytes.
    package init(_ bytes: [UInt8], contentType: String, maxAgeSeconds: Int, etag: String? = nil) {
        body = ByteBuffer(bytes: bytes)
        self.contentType = contentType
        self.maxAgeSeconds = maxAgeSeconds
        self.etag = etag ?? "\"" + Base64URL.encode(Array(SHA256.hash(data: bytes).prefix(12))) + "\""
    }

    /// The document, or 304 if the client has it.
    package func response(to request: Request) -> Response {
        var headers: HTTPFields = [.eTag: etag, .cacheControl: "public, max-age=\(maxAgeSeconds)"]
        if isKnown(to: request) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = contentType
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// Whether `If-None-Match` names the entity tag. Compares weakly (RFC 9110 §13.1.2), since a cache may have marked
    /// the tag as weak.
    private func isKnown(to request: Request) -> Bool {
        request.headers[values: .ifNoneMatch].contains { value in
            value.utf8.listMembers().contains { tag in
                tag.elementsEqual("*".utf8)
                    || (tag.starts(with: "W/".utf8) ? tag.dropFirst(2) : tag).elementsEqual(etag.utf8)
            }
        }
    }
}
