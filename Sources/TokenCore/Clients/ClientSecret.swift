import StrictCoding

/// A confidential client's secret in the clear, as it is shown once: `hc1_` + base64url of 32 random bytes. Only
/// ``hash`` is kept; 256 random bits need no slow hash.
package struct ClientSecret: Sendable {
    package static let prefix = "hc1_"

    package let plaintext: String

    package init(_ random: RandomBytes<32>) { plaintext = ClientSecret.prefix + Base64URL.encode(random.bytes) }

    package var hash: ClientSecretHash { ClientSecretHash(of: plaintext) }
}

extension ClientSecret: CustomStringConvertible {
    package var description: String { "ClientSecret(redacted)" }
}
