import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import StrictCoding
import TokenSigning

/// `/.well-known`: the keys that verify access tokens (RFC 7517), and where what is (RFC 8414). Cacheable.
struct WellKnownController: Sendable {
    let ring: KeyRing
    private let metadata: [UInt8]
    private let metadataETag: String
    /// Where the metadata is: an issuer's path follows the well-known name (RFC 8414 §3.1).
    let metadataPath: String

    init(ring: KeyRing, issuer: String) {
        self.ring = ring
        metadata = WellKnownController.metadata(of: issuer)
        metadataETag = "\"" + Base64URL.encode(Array(SHA256.hash(data: metadata).prefix(12))) + "\""
        let path = URLComponents(string: issuer)?.percentEncodedPath ?? ""
        metadataPath = "/.well-known/oauth-authorization-server" + (path == "/" ? "" : path)
    }

    func jwks(_ exchange: Exchange) async throws -> Response {
        let snapshot = ring.snapshot
        return answer(exchange, snapshot.jwks, etag: snapshot.etag, type: "application/jwk-set+json")
    }

    func authorizationServer(_ exchange: Exchange) async throws -> Response {
        answer(exchange, metadata, etag: metadataETag, type: "application/json")
    }

    private func answer(_ exchange: Exchange, _ body: [UInt8], etag: String, type: String) -> Response {
        // A key is published long before its first use, so a few minutes in a cache do no harm.
        var headers: HTTPFields = [.eTag: etag, .cacheControl: "public, max-age=300"]
        // Weak comparison (RFC 9110 §13.1.2): a cache may have marked the tag as weak.
        let known = exchange.request.headers[values: .ifNoneMatch].flatMap { $0.split(separator: ",") }
            .map { $0.trimmingSpaces() }.map { $0.hasPrefix("W/") ? $0.dropFirst(2) : $0 }
        if known.contains(where: { $0 == etag || $0 == "*" }) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = type
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// Only what there is. `response_types_supported` is required, and empty: there is no authorization endpoint.
    private static func metadata(of issuer: String) -> [UInt8] {
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        let confidential = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
        let algorithms = ClientKeys.algorithms
        return JSONWriter.object { json in
            json.member("issuer", issuer)
            json.member("token_endpoint", base + "/oauth/token")
            json.member("token_endpoint_auth_methods_supported", confidential + ["none"])
            json.member("token_endpoint_auth_signing_alg_values_supported", algorithms)
            json.member("grant_types_supported", ["refresh_token", "client_credentials"])
            json.member("response_types_supported", [])
            json.member("jwks_uri", base + "/.well-known/jwks.json")
            json.member("revocation_endpoint", base + "/oauth/revoke")
            json.member("revocation_endpoint_auth_methods_supported", confidential + ["none"])
            json.member("revocation_endpoint_auth_signing_alg_values_supported", algorithms)
            json.member("introspection_endpoint", base + "/oauth/introspect")
            json.member("introspection_endpoint_auth_methods_supported", confidential)
            json.member("introspection_endpoint_auth_signing_alg_values_supported", algorithms)
        }
    }
}
