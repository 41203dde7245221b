import HTTPTypes
import Hummingbird
import NIOCore
import TokenSigning

/// `GET /.well-known/jwks.json`: the keys that verify access tokens (RFC 7517).
struct WellKnownController: Sendable {
    let ring: KeyRing

    func jwks(_ exchange: Exchange) async throws -> Response {
        let snapshot = ring.snapshot
        // A key is published long before its first use, so a few minutes in a cache do no harm.
        var headers: HTTPFields = [.eTag: snapshot.etag, .cacheControl: "public, max-age=300"]
        // Weak comparison (RFC 9110 §13.1.2): a cache may have marked the tag as weak.
        let known = exchange.request.headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }
            .map { $0.trimmingSpaces() }.map { $0.hasPrefix("W/") ? $0.dropFirst(2) : $0 }
        if known.contains(where: { $0 == snapshot.etag || $0 == "*" }) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = "application/jwk-set+json"
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: snapshot.jwks)))
    }
}
