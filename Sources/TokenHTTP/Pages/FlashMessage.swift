import Hummingbird

/// What a page says after something was done, by the word in its address.
enum FlashMessage: String {
    case welcome, ended, others, password, over, everywhere
    case signedOut = "signed-out"

    var sentence: String {
        switch self {
        case .welcome: "Your user is made and you are signed in. The link has done its work and is gone."
        case .ended: "The session was ended. That device is signed out."
        case .others: "All other sessions were ended."
        case .password: "The password was changed, and all other sessions were ended."
        case .over: "Your session is over. Sign in again."
        case .everywhere: "Every session was ended, on every device."
        case .signedOut: "You are signed out."
        }
    }

    /// What the query of `exchange` names, if it is one of these.
    init?(of exchange: Exchange) {
        guard let query = exchange.request.uri.query, let fields = try? FormFields(query.utf8),
            let name = fields["notice"], let notice = FlashMessage(rawValue: name)
        else { return nil }
        self = notice
    }

    func at(_ path: String) -> String { "\(path)?notice=\(rawValue)" }
}
