import Crypto
import Foundation

/// A secret that signs the messages of a webhook (Standard Webhooks, "Signature scheme"). No message, log line or
/// reflection shows it.
package struct WebhookSecret: Sendable, CustomStringConvertible, CustomReflectable {
    private static let prefix = "whsec_"
    private static let lengths = 24...64

    private let key: SymmetricKey

    /// - Parameter text: `whsec_` and base64 of 24 to 64 bytes; nil for any other text.
    package init?(_ text: String) {
        guard text.utf8.starts(with: WebhookSecret.prefix.utf8),
            let bytes = Data(base64Encoded: String(text.dropFirst(WebhookSecret.prefix.count))),
            WebhookSecret.lengths.contains(bytes.count)
        else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`.
    package func signature(id: String, timestamp: Int, body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array("\(id).\(timestamp).".utf8))
        code.update(data: body)
        return "v1," + Data(code.finalize()).base64EncodedString()
    }

    package var description: String { "WebhookSecret(redacted)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
