import Accounts
import HTTPTypes
import Hummingbird
import SessionEngine
import TokenCore
import TokenHTTP

/// `/account`: the user's sessions, with forms to end them and to change the password.
struct AccountPage: Controller {
    let accounts: AccountService
    let authentication: Authentication
    let history: SessionHistory
    let renderer: PageRenderer

    private var sessions: SessionService { accounts.sessions }

    private struct Content {
        let current: SessionView
        let others: [SessionView]
        let stolen: [SessionView]
        let recent: [SessionView]
        let earlier: [SessionView]
        let hasTheft: Bool
        let hasOthers: Bool
        let hasRecent: Bool
        let hasEarlier: Bool
        let isPaged: Bool
        let isLater: Bool
        let next: String?
        let notice: String?
        let passwordError: String?
        let isCurrentWrong: Bool
        let isNewWrong: Bool
        let hasPassword: Bool
        let minimumLength: Int
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/", start)
        routes.on(.get, "/account", show)
        // Where password managers lead a person to (W3C: A Well-Known URL for Changing Passwords).
        routes.on(.get, "/.well-known/change-password") { _ in .seeOther("/account#change") }
        routes.on(.post, "/account/end", end)
        routes.on(.post, "/account/end-others", endOthers)
        routes.on(.post, "/account/end-all", endAll)
        routes.on(.post, "/account/password", changePassword)
    }

    /// A field of the form that changes the password.
    private enum PasswordField { case current, new }

    private func show(_ exchange: Exchange) async throws -> Response {
        switch try await PageVisitor(of: exchange, authentication.sessions) {
        case .signedIn(let session, let seconds):
            try await page(
                for: session, after: (try? exchange.query())?["after"].flatMap { SessionID($0) },
                notice: FlashMessage(of: exchange), accessSeconds: seconds)
        case .sessionEnded: .seeOther(FlashMessage.over.at("/login"))
        case .fromOtherSite: renderer.onward(to: "/account")
        case .fromUnknownSite: renderer.onward(to: "/account?\(PageVisitor.stepField)=2")
        // The login page leads here after a login only.
        case .signedOut where authentication.browser.isLed(from: "/login", exchange.request):
            .seeOther(FlashMessage.noCookie.at("/login"))
        case .signedOut: .seeOther("/login")
        }
    }

    /// The login page links to this, and itself redirects a user who is signed in to the account.
    private func start(_ exchange: Exchange) -> Response {
        .seeOther(authentication.browser.isLed(from: "/login", exchange.request) ? "/login" : "/account")
    }

    private func end(_ exchange: Exchange) async throws -> Response {
        try await asOwner(exchange) { own, form in
            guard let id = SessionID(form["session"] ?? "") else {
                throw Problem(.notFound, "There is no session with this id.")
            }
            let isOwn = id == own.id
            let outcome = try await sessions.end(
                id, by: .subject(of: own.id), reason: isOwn ? .logout : .endedByOwner, address: exchange.address.text)
            switch outcome {
            case .refused(let refusal): throw AuthenticationFailure.refused(refusal)
            // A session that has ended meanwhile is what the user wanted.
            case .ended, .notFound: return isOwn ? signedOut(.signedOut) : .seeOther(FlashMessage.ended.at("/account"))
            }
        }
    }

    private func endOthers(_ exchange: Exchange) async throws -> Response {
        try await asOwner(exchange) { own, _ in
            switch try await sessions.endOthers(than: own.id, address: exchange.address.text) {
            case .ended: return .seeOther(FlashMessage.others.at("/account"))
            case .refused(let refusal): throw AuthenticationFailure.refused(refusal)
            }
        }
    }

    private func endAll(_ exchange: Exchange) async throws -> Response {
        try await asOwner(exchange) { own, _ in
            switch try await sessions.endAll(by: .holder(.session(own.id)), address: exchange.address.text) {
            case .ended: return signedOut(.everywhere)
            case .refused(let refusal): throw AuthenticationFailure.refused(refusal)
            }
        }
    }

    private func changePassword(_ exchange: Exchange) async throws -> Response {
        try await asOwner(exchange) { own, form in
            let outcome = try await accounts.changePassword(
                of: own, from: Password(form["current_password"] ?? ""), to: Password(form["new_password"] ?? ""),
                address: exchange.address)
            switch outcome {
            case .changed: return .seeOther(FlashMessage.password.at("/account"))
            case .wrongPassword:
                return try await page(
                    for: own, passwordError: "The current password is wrong.", in: .current, status: .badRequest)
            case .weakPassword(let objection):
                return try await page(for: own, passwordError: objection, in: .new, status: .badRequest)
            case .throttled(let seconds):
                let error = "Too many attempts. Try again in \(seconds) seconds."
                return try await page(for: own, passwordError: error, status: .tooManyRequests)
                    .retryable(afterSeconds: seconds)
            case .refused(let refusal): throw AuthenticationFailure.refused(refusal)
            case .noPassword: throw Problem(.invalidRequest, "There is no password to change.")
            }
        }
    }

    /// Performs what a form of this page asks for, as the session of its cookies. If that session is not live, leads to
    /// the login.
    private func asOwner(
        _ exchange: Exchange, _ act: (_ own: Session, _ form: FormFields) async throws -> Response
    ) async throws -> Response {
        let form = try await exchange.form()
        let authenticator = authentication.sessions
        guard let cookies = try await authenticator.checkedCookies(of: exchange, csrfToken: form["csrf"] ?? "") else {
            return .seeOther(FlashMessage.over.at("/login"))
        }
        do {
            return try await act(try await authenticator.liveSession(of: cookies), form)
        } catch is AuthenticationFailure {
            return signedOut(.over)
        }
    }

    private func signedOut(_ notice: FlashMessage) -> Response { .seeOther(notice.at("/login")).clearingCookies() }

    private func page(
        for own: Session, after last: SessionID? = nil, notice: FlashMessage? = nil, passwordError: String? = nil,
        in wrongField: PasswordField? = nil, status: HTTPResponse.Status = .ok, accessSeconds: Int? = nil
    ) async throws -> Response {
        let history = try await history.page(for: own, after: last)
        let content = Content(
            current: history.current, others: history.others, stolen: history.stolen, recent: history.recent,
            earlier: history.earlier, hasTheft: !history.stolen.isEmpty, hasOthers: history.hasOthers,
            hasRecent: !history.recent.isEmpty, hasEarlier: !history.earlier.isEmpty,
            isPaged: last != nil || history.next != nil, isLater: last != nil, next: history.next,
            notice: notice?.sentence, passwordError: passwordError, isCurrentWrong: wrongField == .current,
            isNewWrong: wrongField == .new, hasPassword: own.subject.account?.password != nil,
            minimumLength: accounts.policy.minimumLength)
        let frame = PageFrame(title: "Your devices", content: content)
        return renderer.page(
            .account, status: status,
            frame.signedIn(own, csrf: authentication.browser.csrf, accessSeconds: accessSeconds))
    }
}
