import TokenHTTP

/// A message that a page shows once after an action. The page's query names it.
enum FlashMessage: String {
    case welcome, ended, others, password, over, everywhere, cancelled, linked, unlinked, confirm
    case passwordSet = "password-set"
    case signedOut = "signed-out"
    case noCookie = "no-cookie"

    func sentence(in text: any Texts) -> String {
        switch self {
        case .welcome: text.noticeUserCreated
        case .ended: text.noticeSessionEnded
        case .others: text.noticeOthersEnded
        case .password: text.noticePasswordChanged
        case .passwordSet: text.noticePasswordSet
        case .over: text.noticeSessionOver
        case .everywhere: text.noticeAllEnded
        case .signedOut: text.noticeSignedOut
        case .cancelled: text.noticeCancelled
        case .linked: text.noticeLinked
        case .unlinked: text.noticeUnlinked
        case .confirm: text.noticeConfirm
        case .noCookie: text.noticeNoCookie
        }
    }

    /// The message that a request's query names; nil for any other query.
    init?(of exchange: Exchange) {
        guard let name = (try? exchange.query())?["notice"] else { return nil }
        self.init(rawValue: name)
    }

    /// A path with a query that names this message.
    func at(_ path: String) -> String { "\(path)?notice=\(rawValue)" }
}
