import TokenHTTP

/// A message that a page shows once after an action. The page's query names it.
enum FlashMessage: String {
    case welcome, ended, others, password, over, everywhere, cancelled, linked, unlinked, confirm
    case passwordSet = "password-set"
    case signedOut = "signed-out"
    case noCookie = "no-cookie"

    var sentence: String {
        switch self {
        case .welcome: "Your user was created, and you are signed in. The link cannot be used again."
        case .ended: "The session was ended. That device is signed out."
        case .others: "All other sessions were ended."
        case .password: "The password was changed, and all other sessions were ended."
        case .passwordSet: "Your password was set, and you are signed in. The link cannot be used again."
        case .over: "Your session has ended. Sign in again."
        case .everywhere: "Every session was ended, on every device."
        case .signedOut: "You are signed out."
        case .cancelled: "You did not finish signing in."
        case .linked: "You can now sign in that way, too."
        case .unlinked: "You can no longer sign in that way."
        case .confirm: "Sign in once more, to confirm that it is you. Then change your ways to sign in."
        case .noCookie: "Your browser kept no cookie, so you are not signed in. Allow cookies for this site."
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
