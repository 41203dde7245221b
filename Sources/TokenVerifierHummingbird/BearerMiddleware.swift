import HTTPTypes
public import Hummingbird
public import TokenVerifier

/// Passes on requests with a valid access token, and puts the token into the context.
///
/// A token that is bound to a key needs the scheme `DPoP` and a proof of possession (RFC 9449). The verifier must have
/// ``TokenVerifier/AccessTokenVerifier/Options/publicURL`` for that.
public struct BearerMiddleware<Context: AccessTokenRequestContext>: RouterMiddleware {
    private let verifier: AccessTokenVerifier

    /// - Parameter verifier: the verifier, which must be running (``VerifierService``).
    public init(verifier: AccessTokenVerifier) { self.verifier = verifier }

    /// Verifies the token in `Authorization`, with the proof in `DPoP`. A token in the query is ignored (RFC 9700
    /// §2.6).
    ///
    /// - Throws: ``BearerChallenge`` or ``ProofChallenge`` if the request has no valid token.
    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        let credential = try credential(of: request)
        switch credential.scheme {
        case .bearer:
            do {
                context.accessToken = try await verifier.verify(credential.token)
            } catch {
                switch error {
                case .keysUnavailable: throw BearerChallenge.unavailable
                case .expired, .outdated: throw BearerChallenge.expiredToken
                case .proofRequired: throw ProofChallenge.proofRequired
                default: throw BearerChallenge.invalidToken
                }
            }
            return try await next(request, context)
        case .dpop:
            let (token, nonce) = try await verify(credential.token, of: request)
            context.accessToken = token
            var response = try await next(request, context)
            if let nonce { response.headers[.dpopNonce] = nonce }
            return response
        }
    }

    private func credential(of request: Request) throws -> TokenCredential {
        do {
            let credential = try TokenCredential(request.headers[values: .authorization])
            guard credential.scheme == .bearer || verifier.acceptsProofs else { throw BearerChallenge.missing }
            return credential
        } catch BearerChallenge.missing where verifier.acceptsProofs {
            throw ProofChallenge.missing
        }
    }

    private func verify(
        _ token: String, of request: Request
    ) async throws -> (token: AccessToken, nextNonce: String?) {
        do {
            return try await verifier.verify(
                token, proofs: request.headers[values: .dpop], method: request.method.rawValue,
                url: request.head.path ?? "")
        } catch {
            switch error {
            case .keysUnavailable: throw BearerChallenge.unavailable
            case .expired, .outdated: throw ProofChallenge.expiredToken
            case .badProof(.nonceNeeded): throw ProofChallenge.nonceNeeded(verifier.proofNonce ?? "")
            case .badProof(let refusal): throw ProofChallenge.invalidProof(refusal)
            default: throw ProofChallenge.invalidToken
            }
        }
    }
}
