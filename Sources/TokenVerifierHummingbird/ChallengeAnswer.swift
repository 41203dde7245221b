import HTTPTypes
import Hummingbird

/// An answer to a request that lacks a valid access token: the status, a challenge, and for 401 a problem document
/// (RFC 9457), with an action for the client.
struct ChallengeAnswer {
    /// A problem document. Its texts are constants without characters that JSON escapes.
    struct Problem {
        static let missing = Problem(
            code: "invalid_token", title: "Invalid token", detail: "Send an access token.", action: "login")
        static let invalidToken = Problem(
            code: "invalid_token", title: "Invalid token", detail: "The access token is not valid.", action: "login")
        static let expiredToken = Problem(
            code: "expired_token", title: "Expired token", detail: "The access token has expired. Refresh it.",
            action: "refresh")
        static let proofRequired = Problem(
            code: "invalid_token", title: "Invalid token",
            detail: "The access token is bound to a key. Send it with the scheme DPoP and a proof.", action: "fix")
        static let invalidProof = Problem(
            code: "invalid_dpop_proof", title: "Invalid DPoP proof", detail: "The DPoP proof is not valid.",
            action: "fix")
        static let usedProof = Problem(
            code: "invalid_dpop_proof", title: "Invalid DPoP proof",
            detail: "The DPoP proof was used before. Send the request with a new one.", action: "retry")
        static let nonceNeeded = Problem(
            code: "use_dpop_nonce", title: "DPoP nonce needed",
            detail: "Send the request with a new DPoP proof that has the nonce in DPoP-Nonce.", action: "retry")

        let code: String
        let title: String
        let detail: String
        let action: String

        var body: String {
            """
            {"type":"urn:heirloom:problem:\(code)","title":"\(title)","status":401,"detail":"\(detail)",\
            "code":"\(code)","action":"\(action)"}
            """
        }
    }

    let status: HTTPResponse.Status
    let challenge: String?
    var headers: HTTPFields = [:]
    /// Only with status 401.
    var problem: Problem?

    var response: Response {
        var headers = headers
        headers[.cacheControl] = "no-store"
        headers[.wwwAuthenticate] = challenge
        guard let problem else { return Response(status: status, headers: headers) }
        headers[.contentType] = "application/problem+json"
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: problem.body)))
    }
}
