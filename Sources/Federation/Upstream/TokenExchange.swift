import Foundation
import StrictCoding
import TokenCore

/// Exchanges the code of an attempt for tokens (OpenID Connect Core §3.1.3).
struct TokenExchange {
    let provider: Provider
    let metadata: ProviderMetadata
    let redirectURI: String
    let now: Timestamp
    let entropy: Entropy

    /// What is read of a token response.
    struct Tokens {
        let accessToken: String
        let idToken: String
    }

    /// The request. It carries the verifier of PKCE and authenticates this service.
    func request(code: String, verifier: String) throws -> UpstreamRequest {
        var form: [(name: String, value: String)] = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI),
            ("code_verifier", verifier),
        ]
        var headers: [(name: String, value: String)] = []
        let identification = [(name: "client_id", value: provider.clientID)]
        func token(_ key: ProviderClientKey) -> ClientSecretJWT {
            ClientSecretJWT(key: key, clientID: provider.clientID, now: now)
        }
        switch provider.clientAuthentication {
        case .basic(let secret):
            let credentials = FormEncoding.encode(provider.clientID) + ":" + FormEncoding.encode(secret.text)
            headers = [("Authorization", "Basic " + Data(credentials.utf8).base64EncodedString())]
        case .post(let secret): form += identification + [("client_secret", secret.text)]
        case .privateKey(let key):
            let assertion = try token(key).assertion(audience: metadata.tokenEndpoint, id: entropy.bytes())
            form +=
                identification + [
                    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    ("client_assertion", assertion),
                ]
        case .apple(let key, let teamID):
            let secret = try token(key).appleSecret(teamID: teamID, audience: provider.issuer)
            form += identification + [("client_secret", secret)]
        case .none: form += identification
        }
        return UpstreamRequest(
            .token, of: provider, url: metadata.tokenEndpoint, headers: headers, form: FormEncoding.encode(form))
    }

    /// Reads the answer (RFC 6749 §5.1; OpenID Connect Core §3.1.3.3).
    ///
    /// - Throws: ``FederationRefusal``.
    static func tokens(in answer: UpstreamAnswer) throws(FederationRefusal) -> Tokens {
        guard answer.status == 200 else {
            throw (400..<500).contains(answer.status) ? .tokenRequestRefused : .tokenResponseMalformed
        }
        guard answer.isJSON, let json = try? JSONReader.read(answer.body), case .object = json,
            let accessToken = json["access_token"]?.string, !accessToken.isEmpty, let type = json["token_type"]?.ascii
        else { throw .tokenResponseMalformed }
        // The type has any case (RFC 6749 §5.1). No other type was asked for.
        guard type.lowercased() == "bearer" else { throw .tokenTypeWrong }
        switch json["id_token"] {
        case nil: throw .idTokenMissing
        case .string(let idToken): return Tokens(accessToken: accessToken, idToken: idToken)
        default: throw .tokenResponseMalformed
        }
    }
}
