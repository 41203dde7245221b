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

    private func sentence(in console: any ConsoleTexts) -> String {
        switch self {
        case .created: console.noticeCreated
        case .disabled: console.noticeDisabled
        case .enabled: console.noticeEnabled
        case .deleted: console.noticeDeleted
        case .unlocked: console.noticeUnlocked
        case .renamed: console.noticeRenamed
        case .claims: console.noticeClaims
        case .password: console.noticePassword
        case .linked: console.noticeLinked
        case .unlinked: console.noticeUnlinked
        case .sessionEnded: console.noticeSessionEnded
        case .allEnded: console.noticeAllEnded
        case .clientSet: console.noticeClientSet
        case .clientRemoved: console.noticeClientRemoved
        case .keyRotated: console.noticeKeyRotated
        case .keyRevoked: console.noticeKeyRevoked
        }
    }

    /// The sentence that a request's query names; nil for any other query.
    static func sentence(of exchange: Exchange, in console: any ConsoleTexts) -> String? {
        guard let name = (try? exchange.query())?["notice"] else { return nil }
        return ConsoleNotice(rawValue: name)?.sentence(in: console)
    }

    /// A path with a query that names this message.
    func at(_ path: String) -> String { "\(path)?notice=\(rawValue)" }
}
