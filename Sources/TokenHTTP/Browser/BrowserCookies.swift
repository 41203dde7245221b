import HTTPTypes
import Hummingbird

/// The session cookies of a request.
struct BrowserCookies: Sendable {
    let access: String?
    let refresh: String?

    /// Nil when there are none. Names are compared byte for byte: what merely looks like ours is another cookie.
    ///
    /// - Throws: `invalid_request` when one of them stands twice, since then somebody else may have set one.
    init?(_ request: Request) throws {
        var values: [SessionCookie: String] = [:]
        for pair in request.headers[values: .cookie].flatMap({ $0.split(separator: ";") }) {
            let parts = pair.trimmingSpaces().split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let cookie = SessionCookie(rawValue: String(parts[0])) else { continue }
            guard values.updateValue(String(parts[1]), forKey: cookie) == nil else {
                throw Problem(.invalidRequest, "The cookie \(cookie.rawValue) stands twice.")
            }
        }
        guard !values.isEmpty else { return nil }
        access = values[.access]
        refresh = values[.refresh]
    }
}
