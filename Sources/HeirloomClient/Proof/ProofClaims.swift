import Crypto
import StrictCoding

/// The claims of a proof (RFC 9449 §4.2).
struct ProofClaims {
    /// A value that no other proof has.
    let id: String
    let method: String
    /// The URL of the request without query and fragment.
    let url: String
    /// Unix seconds.
    let issuedAt: Int
    /// The access token that the request carries; nil if it carries none.
    let accessToken: String?
    /// The last nonce of the server; nil if it has given none.
    let nonce: String?

    var json: [UInt8] {
        JSONWriter.object { json in
            json.member("jti", id)
            json.member("htm", method)
            json.member("htu", url)
            json.member("iat", issuedAt)
            if let accessToken { json.member("ath", Base64URL.encode(SHA256.hash(data: Array(accessToken.utf8)))) }
            if let nonce { json.member("nonce", nonce) }
        }
    }
}
