import Crypto
import HTTPTypes
import NIOCore
import StrictCoding

/// A public document that caches may store, and revalidate by its entity tag (RFC 9110 §8.8.3).
package struct CacheableDocument: Sendable {
    /// The document in one content coding. Each has an entity tag of its own (RFC 9110 §8.8.3.3).
    private struct Representation {
        let body: ByteBuffer
        let etag: String
    }

    private let contentType: String
    private let identity: Representation
    /// Nil for a document that is sent as it is to everybody.
    private let gzip: Representation?
    private let maxAgeSeconds: Int

    /// - Parameters:
    ///   - maxAgeSeconds: how long a cache may use the document without revalidation.
    ///   - etag: a strong entity tag, with its quotes; nil for one made of the bytes.
    package init(_ bytes: [UInt8], contentType: String, maxAgeSeconds: Int, etag: String? = nil) {
        self.init(
            contentType: contentType, maxAgeSeconds: maxAgeSeconds,
            identity: Representation(
                body: ByteBuffer(bytes: bytes), etag: etag ?? "\"\(CacheableDocument.digest(of: bytes))\""))
    }

    /// A document that is compressed for clients that accept it.
    ///
    /// - Parameter maxAgeSeconds: how long a cache may use the document without revalidation.
    /// - Throws: an error of the compression.
    package init(compressing bytes: [UInt8], contentType: String, maxAgeSeconds: Int) throws {
        let digest = CacheableDocument.digest(of: bytes)
        self.init(
            contentType: contentType, maxAgeSeconds: maxAgeSeconds,
            identity: Representation(body: ByteBuffer(bytes: bytes), etag: "\"\(digest)\""),
            gzip: Representation(body: ByteBuffer(bytes: try Gzip.compress(bytes)), etag: "\"\(digest)-gzip\""))
    }

    private init(contentType: String, maxAgeSeconds: Int, identity: Representation, gzip: Representation? = nil) {
        self.contentType = contentType
        self.maxAgeSeconds = maxAgeSeconds
        self.identity = identity
        self.gzip = gzip
    }

    private static func digest(of bytes: [UInt8]) -> String {
        Base64URL.encode(Array(SHA256.hash(data: bytes).prefix(12)))
    }

    /// The document, or 304 if the client has it.
    package func response(to request: Request) -> Response {
        let compressed = AcceptedEncodings(request.headers).hasGzip ? gzip : nil
        let shown = compressed ?? identity
        var headers: HeaderFields = [.eTag: shown.etag, .cacheControl: "public, max-age=\(maxAgeSeconds)"]
        if gzip != nil { headers[.vary] = "Accept-Encoding" }
        if isKnown(shown.etag, to: request) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = contentType
        if compressed != nil { headers[.contentEncoding] = "gzip" }
        return Response(status: .ok, headers: headers, body: shown.body)
    }

    /// Whether `If-None-Match` names the entity tag. Compares weakly (RFC 9110 §13.1.2), since a cache may have marked
    /// the tag as weak.
    private func isKnown(_ etag: String, to request: Request) -> Bool {
        request.headers[values: .ifNoneMatch].contains { value in
            value.utf8.listMembers().contains { tag in
                tag.elementsEqual("*".utf8)
                    || (tag.starts(with: "W/".utf8) ? tag.dropFirst(2) : tag).elementsEqual(etag.utf8)
            }
        }
    }
}
