import Foundation
import StrictCoding

/// A client's name and secret in HTTP Basic, each form-encoded (RFC 6749 §2.3.1).
package struct BasicCredentials: Sendable {
    package let client: String
    package let secret: String

    /// Nil when the request has no `Authorization: Basic`.
    ///
    /// - Throws: ``AuthenticationFailure`` when it cannot be decoded, and for a second `Authorization` header.
    package init?(_ request: Request) throws(AuthenticationFailure) {
        guard let encoded = try request.authorization("basic") else { return nil }
        guard let bytes = Data(base64Encoded: encoded).map({ [UInt8]($0) }),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let client = FormEncoding.decode(bytes[..<colon]), let secret = FormEncoding.decode(bytes[(colon + 1)...])
        else { throw .unauthenticatedClient }
        self.client = client
        self.secret = secret
    }
}
