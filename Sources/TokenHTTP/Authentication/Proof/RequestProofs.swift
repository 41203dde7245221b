import HTTPTypes
package import TokenCore
import TokenVerifier

/// Checks the proofs of requests to this service (RFC 9449 §4.3). `htu` is compared with the issuer and the path of the
/// route; the Host header is not read.
package struct RequestProofs: Sendable {
    private let issuer: String
    private let tokenGate: ProofGate
    private let resourceGate: ProofGate
    private let used: ProofReplayMemory

    /// - Parameters:
    ///   - issuer: the service's issuer identifier.
    ///   - nonceKeys: the keys that nonces are derived from; nil to demand no nonces.
    package init(issuer: String, nonceKeys: MasterKeyRing?) {
        self.issuer = issuer
        // The nonces of the two kinds of endpoints differ (RFC 9449 §9).
        func gate(_ purpose: MasterKey.Purpose) -> ProofGate {
            ProofGate(nonces: nonceKeys.map { ProofNonces(keys: $0.derive(purpose)) })
        }
        tokenGate = gate(.tokenEndpointNonce)
        resourceGate = gate(.resourceNonce)
        let metrics = ProofMetrics()
        used = ProofReplayMemory(onDrop: metrics.dropped)
    }
}

// MARK: - Requests for tokens

extension RequestProofs {
    /// The proof of a request for tokens, or beside a refresh token. Whether it was used before is for the store to
    /// decide.
    ///
    /// - Throws: ``AuthenticationFailure/nonceNeeded(_:at:)``.
    func proof(of exchange: Exchange, at now: Timestamp) throws(AuthenticationFailure) -> RequestProof {
        let fields = exchange.request.headers[values: .dpop]
        guard !fields.isEmpty else { return .absent }
        do throws(ProofRefusal) {
            let request = ProofRequest(method: exchange.request.method.rawValue, uri: try uri(of: exchange))
            return RequestProof(try tokenGate.verify(fields, for: request, at: now.seconds))
        } catch {
            guard error == .nonceNeeded, let nonce = tokenGate.currentNonce(at: now.seconds) else {
                return RequestProof(refused: error)
            }
            throw .nonceNeeded(nonce, at: .tokens)
        }
    }
}

// MARK: - Requests with an access token

extension RequestProofs {
    /// Checks the proof of a request with a bound access token.
    ///
    /// - Parameter target: the method and the URI that the proof must be for; nil when they are not known.
    /// - Throws: ``AuthenticationFailure``.
    func check(
        _ exchange: Exchange, for target: ProofTarget?, with token: ProofRequest.BoundToken, at now: Timestamp
    ) throws(AuthenticationFailure) -> AcceptedProof {
        do throws(ProofRefusal) {
            guard let target else { throw .wrongURI }
            let request = ProofRequest(method: target.method, uri: target.uri, token: token)
            return try resourceGate.verify(exchange.request.headers[values: .dpop], for: request, at: now.seconds)
        } catch {
            guard error == .nonceNeeded, let nonce = resourceGate.currentNonce(at: now.seconds) else {
                throw .proof(error, at: .resources)
            }
            throw .nonceNeeded(nonce, at: .resources)
        }
    }

    /// Uses a proof up for a request that only reads: in the memory of this process.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func use(_ proof: AcceptedProof, at now: Timestamp) throws(AuthenticationFailure) {
        guard used.use(proof, at: now.seconds) else { throw .proof(.replayed, at: .resources) }
    }

    /// What a request itself is.
    func target(of exchange: Exchange) -> ProofTarget? {
        (try? uri(of: exchange)).map { ProofTarget(method: exchange.request.method.rawValue, uri: $0) }
    }

    private func uri(of exchange: Exchange) throws(ProofRefusal) -> ProofURI {
        guard let uri = ProofURI(base: issuer, path: exchange.request.path) else { throw .wrongURI }
        return uri
    }
}
