import Federation
import HTTPTypes

/// The cookies of attempts to sign in with a provider.
///
/// Each attempt has a cookie of its own, so that the attempts of several windows do not disturb each other. They are
/// `Strict`: the service reads them only after a step of its own, which its callback page takes.
package struct AttemptCookies: Sendable {
    private static let markLength = 12
    /// How many attempts of one browser are kept.
    private static let limit = 5
    private static let longestValue = 4096

    /// The values by name.
    package let values: [String: String]
    /// In the order of the request. Browsers send the oldest cookie first (RFC 6265 §5.4).
    private let names: [String]

    /// Reads the header as bytes. Cookies of other names or lengths are skipped, and so are two of one name, since one
    /// of them may have been set by another party.
    package init(_ request: Request) {
        var values: [String: String] = [:]
        var names: [String] = []
        var repeated: Set<String> = []
        for header in request.headers[values: .cookie] {
            for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
                let pair = pair.trimmingSpaces()
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
                let (name, value) = (String(Substring(pair[..<equals])), Substring(pair[pair.index(after: equals)...]))
                guard AttemptCookies.isName(name) else { continue }
                guard names.allSatisfy({ $0 != name }) else {
                    repeated.insert(name)
                    continue
                }
                names.append(name)
                guard value.utf8.count <= AttemptCookies.longestValue, value.isVisibleASCII else { continue }
                values[name] = String(value)
            }
        }
        self.names = names
        self.values = values.filter { !repeated.contains($0.key) }
    }

    private static func isName(_ name: String) -> Bool {
        let mark = name.utf8.dropFirst(Attempt.cookiePrefix.utf8.count)
        return name.utf8.starts(with: Attempt.cookiePrefix.utf8) && mark.count == markLength
            && mark.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// The names of the cookies that a new attempt displaces, the oldest first.
    package func displaced(by name: String) -> [String] {
        let others = names.filter { $0 != name }
        return Array(others.dropLast(AttemptCookies.limit - 1))
    }
}

extension HeaderFields {
    /// Adds the cookie of a new attempt, and deletes the oldest ones beyond the limit.
    package mutating func setAttempt(_ name: String, _ value: String, seconds: Int, among others: AttemptCookies) {
        for old in others.displaced(by: name) { clearAttempt(old) }
        append(cookie: "\(name)=\(value); Max-Age=\(seconds); \(HeaderFields.attemptAttributes)")
    }

    /// Deletes the cookie of an attempt.
    package mutating func clearAttempt(_ name: String) {
        append(cookie: "\(name)=; Max-Age=0; \(HeaderFields.attemptAttributes)")
    }

    private static var attemptAttributes: String { "Path=/; Secure; HttpOnly; SameSite=Strict" }
}
