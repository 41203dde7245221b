import Foundation
import Hummingbird

/// A client's name and secret as HTTP Basic carries them, both form-encoded first (RFC 6749 §2.3.1).
struct BasicCredentials: Sendable {
    let client: String
    let secret: String

    /// - Returns: nil when the request has no `SessionStatus: Basic`.
    /// - Throws: `invalid_credentials` when what it has cannot be read.
    init?(_ request: Request) throws {
        let values = request.headers[values: .authorization]
        guard let value = values.first else { return nil }
        guard values.count == 1 else { throw Problem(.invalidRequest, "There are two Authorization headers.") }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.first?.lowercased() == "basic" else { return nil }
        guard parts.count == 2, let data = Data(base64Encoded: String(parts[1].trimmingSpaces())),
            let colon = data.firstIndex(of: UInt8(ascii: ":")),
            let client = FormFields.decode(data[..<colon]), let secret = FormFields.decode(data[(colon + 1)...])
        else { throw Problem.invalidClient }
        self.client = client
        self.secret = secret
    }
}
