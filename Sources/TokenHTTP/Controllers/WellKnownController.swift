import Hummingbird
import StrictCoding
import TokenSigning

/// The key set that verifies access tokens (RFC 7517) and the authorization server's metadata (RFC 8414).
struct WellKnownController: Controller {
    private let ring: KeyRing
    private let metadata: CacheableDocument
    private let metadataPath: String

    /// A key is published long before it signs, so that caches may keep an old set for a few minutes.
    private static let maxAgeSeconds = 300

    init(ring: KeyRing, issuer: Issuer) {
        self.ring = ring
        metadata = CacheableDocument(
            WellKnownController.metadata(of: issuer), contentType: "application/json",
            maxAgeSeconds: WellKnownController.maxAgeSeconds)
        metadataPath = issuer.metadataPath
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/.well-known/jwks.json", jwks)
        routes.on(.get, metadataPath) { metadata.response(to: $0.request) }
    }

    private func jwks(_ exchange: Exchange) async throws -> Response {
        let snapshot = ring.snapshot
        return CacheableDocument(
            snapshot.jwks, contentType: "application/jwk-set+json", maxAgeSeconds: WellKnownController.maxAgeSeconds,
            etag: snapshot.etag
        ).response(to: exchange.request)
    }

    /// `response_types_supported` is required (RFC 8414 §2), and empty: there is no authorization endpoint.
    private static func metadata(of issuer: Issuer) -> [UInt8] {
        let confidential = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
        let algorithms = ClientKeys.algorithms
        return JSONWriter.object { json in
            json.member("issuer", issuer.identifier)
            json.member("token_endpoint", issuer.url("/oauth/token"))
            json.member("token_endpoint_auth_methods_supported", confidential + ["none"])
            json.member("token_endpoint_auth_signing_alg_values_supported", algorithms)
            json.member("grant_types_supported", ["refresh_token", "client_credentials"])
            json.member("response_types_supported", [])
            json.member("jwks_uri", issuer.url("/.well-known/jwks.json"))
            json.member("revocation_endpoint", issuer.url("/oauth/revoke"))
            json.member("revocation_endpoint_auth_methods_supported", confidential + ["none"])
            json.member("revocation_endpoint_auth_signing_alg_values_supported", algorithms)
            json.member("introspection_endpoint", issuer.url("/oauth/introspect"))
            json.member("introspection_endpoint_auth_methods_supported", confidential)
            json.member("introspection_endpoint_auth_signing_alg_values_supported", algorithms)
        }
    }
}
