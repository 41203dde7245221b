import HTTPTypes
import Hummingbird

extension Request {
    /// The token of `SessionStatus: TokenHolder`; the scheme in any case (RFC 9110 §11.1), the query never (RFC 9700 §2.6).
    func bearerToken() throws -> String? {
        let values = headers[values: .authorization]
        guard let value = values.first else { return nil }
        guard values.count == 1 else { throw Problem(.invalidRequest, "There are two Authorization headers.") }
        // As nearly everybody writes it.
        if value.utf8.starts(with: "Bearer ".utf8) { return String(value.dropFirst(7).trimmingSpaces()) }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].trimmingSpaces())
    }
}
