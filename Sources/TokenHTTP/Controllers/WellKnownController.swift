import HTTPTypes
import StrictCoding
import TokenCore
import TokenSigning
import TokenVerifier

/// The key set that verifies access tokens (RFC 7517) and the authorization server's metadata (RFC 8414).
struct WellKnownController: Controller {
    private let ring: KeyRing
    private let metadata: CacheableDocument
    private let metadataPaths: Set<String>

    static let jwksPath = "/.well-known/jwks.json"
    /// A key is published long before it signs, so that caches may keep an old set for a few minutes.
    private static let maxAgeSeconds = RotateSigningKeys.fetchSeconds

    init(ring: KeyRing, issuer: Issuer) {
        self.ring = ring
        metadata = CacheableDocument(
            WellKnownController.metadata(of: issuer), contentType: "application/json",
            maxAgeSeconds: WellKnownController.maxAgeSeconds)
        metadataPaths = issuer.metadataPaths
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, WellKnownController.jwksPath, jwks)
        for path in metadataPaths { routes.on(.get, path) { metadata.response(to: $0.request) } }
    }

    /// The documents that pages of every origin may read.
    static func paths(of issuer: Issuer) -> Set<String> { issuer.metadataPaths.union([jwksPath]) }

    private func jwks(_ exchange: Exchange) async throws -> Response {
        let snapshot = ring.snapshot
        return CacheableDocument(
            snapshot.jwks, contentType: "application/jwk-set+json", maxAgeSeconds: WellKnownController.maxAgeSeconds,
            etag: snapshot.etag
        ).response(to: exchange.request)
    }

    /// `response_types_supported` is required (RFC 8414 §2), and some clients refuse an empty array. There is no
    /// authorization endpoint, so that the response type is `none` (OAuth 2.0 Multiple Response Type Encoding Practices
    /// §4).
    private static func metadata(of issuer: Issuer) -> [UInt8] {
        let confidential = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
        let algorithms = ClientKeys.algorithms
        return JSONWriter.object { json in
            json.member("issuer", issuer.identifier)
            json.member("token_endpoint", issuer.url("/oauth/token"))
            json.member("token_endpoint_auth_methods_supported", confidential + ["none"])
            json.member("token_endpoint_auth_signing_alg_values_supported", algorithms)
            json.member("dpop_signing_alg_values_supported", ProofGate.algorithms)
            json.member("grant_types_supported", ["refresh_token", "client_credentials"])
            json.member("response_types_supported", ["none"])
            json.member("jwks_uri", issuer.jwksURI)
            json.member("revocation_endpoint", issuer.url("/oauth/revoke"))
            json.member("revocation_endpoint_auth_methods_supported", confidential + ["none"])
            json.member("revocation_endpoint_auth_signing_alg_values_supported", algorithms)
            json.member("introspection_endpoint", issuer.url("/oauth/introspect"))
            json.member("introspection_endpoint_auth_methods_supported", confidential)
            json.member("introspection_endpoint_auth_signing_alg_values_supported", algorithms)
        }
    }
}
