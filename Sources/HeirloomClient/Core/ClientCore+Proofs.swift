import StrictCoding

/// Requests with proofs.
extension ClientCore {
    /// The largest difference of clocks that is not corrected, in seconds. Services accept 60.
    private static let toleratedSkew = 5

    mutating func post(
        _ path: String, _ body: [UInt8], provingWith key: ProofKey?, at now: ClientInstant
    ) -> ClientRequest {
        let url = settings.issuer + path
        var headers = [HeaderField("Content-Type", "application/json")]
        flight.issuedAt = time(at: now)
        if let key, let proof = proof(by: key, "POST", url, accessToken: nil, nonce: tokenNonce, at: now) {
            headers.append(HeaderField("DPoP", proof))
        }
        return ClientRequest(method: "POST", url: url, headers: headers, body: body)
    }

    /// The header fields that let a request use the access token (RFC 6750 §2.1; RFC 9449 §7.1).
    ///
    /// - Parameter url: the URL of the request without query and fragment.
    package func authorization(
        _ access: AccessCredential, method: String, url: String, at now: ClientInstant
    ) -> [HeaderField] {
        guard access.isBound, let key = session?.key,
            let proof = proof(by: key, method, url, accessToken: access.token, nonce: nonces[url], at: now)
        else { return [HeaderField("Authorization", "Bearer \(access.token)")] }
        return [HeaderField("Authorization", "DPoP \(access.token)"), HeaderField("DPoP", proof)]
    }

    /// Takes what an answer of an API says of proofs: the next nonce, and, after a refusal, its clock.
    ///
    /// - Returns: whether the same request with a new proof may be accepted.
    package mutating func learn(from answer: ClientAnswer, to url: String, at now: ClientInstant) -> Bool {
        var hasLearned = false
        if let nonce = answer.nonce {
            hasLearned = answer.status == 401 && nonce != nonces[url]
            nonces[url] = nonce
        }
        guard answer.status == 401, answer.isRefusalOfProof, let date = answer.date else { return hasLearned }
        return adoptClock(date, ifDifferentFrom: time(at: now), at: now) || hasLearned
    }

    mutating func adoptClock(_ date: Int, ifDifferentFrom issuedAt: Int, at now: ClientInstant) -> Bool {
        guard abs(date - issuedAt) > ClientCore.toleratedSkew else { return false }
        serverClock = ClientInstant(unix: date, uptime: now.uptime)
        return true
    }

    /// The service's time, in Unix seconds.
    private func time(at now: ClientInstant) -> Int {
        guard let serverClock else { return now.unix }
        return serverClock.unix + Int((now.uptime - serverClock.uptime).components.seconds)
    }

    private func proof(
        by key: ProofKey, _ method: String, _ url: String, accessToken: String?, nonce: String?,
        at now: ClientInstant
    ) -> String? {
        key.sign(
            ProofClaims(
                id: Base64URL.encode(settings.random(16)), method: method, url: url, issuedAt: time(at: now),
                accessToken: accessToken, nonce: nonce))
    }
}

extension ClientAnswer {
    /// Whether the challenge names the proof (RFC 9449 §7.1).
    fileprivate var isRefusalOfProof: Bool {
        guard let challenge = headers.only("www-authenticate") else { return false }
        let (text, name) = (Array(challenge.utf8), Array("error=\"invalid_dpop_proof\"".utf8))
        guard text.count <= 8192, text.count >= name.count else { return false }
        return (0...text.count - name.count).contains { text[$0..<$0 + name.count] == name[...] }
    }
}
