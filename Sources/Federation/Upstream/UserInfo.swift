import StrictCoding
import TokenCore

/// The claims of a person that a provider keeps at its UserInfo endpoint (OpenID Connect Core §5.3).
enum UserInfo {
    static func request(of provider: Provider, at endpoint: String, accessToken: String) -> UpstreamRequest {
        UpstreamRequest(
            .userInfo, of: provider, url: endpoint, headers: [("Authorization", "Bearer " + accessToken)])
    }

    /// The claims of an ID token with those of an answer that it lacks.
    ///
    /// - Throws: ``FederationRefusal/userInfoMalformed``, or ``FederationRefusal/userInfoSubjectWrong`` for an answer
    ///   about somebody else (§5.3.2).
    static func claims(of token: IDToken, with answer: UpstreamAnswer) throws(FederationRefusal) -> JSON {
        guard let json = try? JSONReader.read(answer.body), case .object(let more) = json,
            case .object(var claims) = token.claims
        else { throw .userInfoMalformed }
        guard json["sub"]?.string?.isExactly(token.identity.providerSubject) == true else {
            throw .userInfoSubjectWrong
        }
        // A claim of the token is signed, so it wins.
        for (name, value) in more { _ = claims.append(name, value) }
        return .object(claims)
    }
}
