import TokenHTTP

/// A message that a page of the console shows once after an action. The page's query names it.
enum ConsoleNotice: String {
    case created, disabled, enabled, deleted, unlocked, renamed, claims, password, linked, unlinked
    case sessionEnded = "session-ended"
    case allEnded = "all-ended"
    case clientSet = "client-set"
    case clientRemoved = "client-removed"
    case keyRotated = "key-rotated"
    case keyRevoked = "key-revoked"

    var sentence: String {
        switch self {
        case .created: "The user was created."
        case .disabled: "The user was disabled, and all sessions were ended."
        case .enabled: "The user may log in again."
        case .deleted: "The user was deleted."
        case .unlocked: "The user may log in at once."
        case .renamed: "The user was renamed."
        case .claims: "The claims were replaced."
        case .password: "The password was set, and all sessions were ended."
        case .linked: "The identity was linked."
        case .unlinked: "The identity was removed."
        case .sessionEnded: "The session was ended."
        case .allEnded: "All sessions were ended."
        case .clientSet: "The settings were saved."
        case .clientRemoved: "The client was removed. Its sessions are over."
        case .keyRotated: "The next key is the current one now."
        case .keyRevoked: "The key was removed. Verifiers refuse its tokens after they fetch the key set again."
        }
    }

    /// The sentence that a request's query names; nil for any other query.
    static func sentence(of exchange: Exchange) -> String? {
        guard let name = (try? exchange.query())?["notice"] else { return nil }
        return ConsoleNotice(rawValue: name)?.sentence
    }

    /// A path with a query that names this message.
    func at(_ path: String) -> String { "\(path)?notice=\(rawValue)" }
}
