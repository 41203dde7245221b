import Foundation

extension AccessTokenVerifier {
    /// The name and the secret of a confidential client, which may read the revocation feed.
    public struct ClientCredentials: Sendable {
        /// The value of `Authorization`.
        let authorization: String

        /// Encodes the credentials for HTTP Basic authentication as RFC 6749 §2.3.1 requires.
        public init(id: String, secret: String) {
            func encode(_ text: String) -> String {
                text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            }
            authorization = "Basic " + Data("\(encode(id)):\(encode(secret))".utf8).base64EncodedString()
        }
    }
}
