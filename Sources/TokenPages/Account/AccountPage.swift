import Accounts
import Federation
import HTTPTypes
import SessionEngine
import TokenCore
import TokenHTTP

/// `/account`: the user's sessions, with forms to end them and to change the password.
struct AccountPage: Controller {
    let accounts: AccountService
    let authentication: Authentication
    let forms: OwnerForm
    let history: SessionHistory
    let federation: FederationService
    let identities: IdentityService
    let languages: PageLanguages

    private var sessions: SessionService { accounts.sessions }

    private struct Content {
        let current: SessionView?
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
        /// Nil without providers and without identities.
        let methods: SignInMethods?
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
                for: session, languages.renderer(for: exchange),
                after: (try? exchange.query())?["after"].flatMap { SessionID($0) },
                notice: FlashMessage(of: exchange), accessSeconds: seconds)
        case .sessionEnded: .seeOther(FlashMessage.over.at("/login"))
        case .fromOtherSite: languages.renderer(for: exchange).onward(to: "/account")
        case .fromUnknownSite: languages.renderer(for: exchange).onward(to: "/account?\(PageVisitor.stepField)=2")
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
        try await forms.perform(exchange) { own, form in
            guard let id = SessionID(form["session"] ?? "") else {
                throw Problem(.notFound, "There is no session with this id.")
            }
            let isOwn = id == own.id
            let outcome = try await sessions.end(
                id, by: .subject(of: .session(own.id)), reason: isOwn ? .logout : .endedByOwner,
                address: exchange.address.text)
            switch outcome {
            case .refused(let refusal): throw AuthenticationFailure.refused(refusal)
            // A session that has ended meanwhile is what the user wanted.
            case .ended, .notFound:
                return isOwn ? OwnerForm.signedOut(.signedOut) : .seeOther(FlashMessage.ended.at("/account"))
            }
        }
    }

    private func endOthers(_ exchange: Exchange) async throws -> Response {
        try await forms.perform(exchange) { own, _ in
            switch try await sessions.endOthers(than: own.id, address: exchange.address.text) {
            case .ended: return .seeOther(FlashMessage.others.at("/account"))
            case .refused(let refusal): throw AuthenticationFailure.refused(refusal)
            }
        }
    }

    private func endAll(_ exchange: Exchange) async throws -> Response {
        try await forms.perform(exchange) { own, _ in
            switch try await sessions.endAll(by: .holder(.session(own.id)), address: exchange.address.text) {
            case .ended: return OwnerForm.signedOut(.everywhere)
            case .refused(let refusal): throw AuthenticationFailure.refused(refusal)
            }
        }
    }

    private func changePassword(_ exchange: Exchange) async throws -> Response {
        try await forms.perform(exchange) { own, form in
            let outcome = try await accounts.changePassword(
                of: own, from: Password(form["current_password"] ?? ""), to: Password(form["new_password"] ?? ""),
                address: exchange.address)
            let renderer = languages.renderer(for: exchange)
            let text = renderer.text
            switch outcome {
            case .changed: return .seeOther(FlashMessage.password.at("/account"))
            case .wrongPassword:
                return try await page(
                    for: own, renderer, passwordError: text.wrongPassword, in: .current, status: .badRequest)
            case .weakPassword(let objection):
                return try await page(
                    for: own, renderer, passwordError: text.weakPassword(objection), in: .new, status: .badRequest)
            case .throttled(let seconds):
                return try await page(
                    for: own, renderer, passwordError: text.tooManyAttempts(seconds: seconds), status: .tooManyRequests
                ).retryable(afterSeconds: seconds)
            case .refused(let refusal): throw AuthenticationFailure.refused(refusal)
            case .noPassword: throw Problem(.invalidRequest, "There is no password to change.")
            }
        }
    }

    private func page(
        for own: Session, _ renderer: PageRenderer, after last: SessionID? = nil, notice: FlashMessage? = nil,
        passwordError: String? = nil, in wrongField: PasswordField? = nil, status: HTTPResponse.Status = .ok,
        accessSeconds: Int? = nil
    ) async throws -> Response {
        let text = renderer.text
        let history = try await history.page(for: own, after: last, in: text)
        let account = try await accounts.directory.subject(own.subject.id)?.account
        let identities = try await identities.identities(of: own.subject.id)
        let methods =
            federation.providers.isEmpty && identities.isEmpty
            ? nil
            : SignInMethods(
                identities, of: account, in: own, providers: federation.providers, now: sessions.clock(), in: text)
        let content = Content(
            current: history.current, others: history.others, stolen: history.stolen, recent: history.recent,
            earlier: history.earlier, hasTheft: !history.stolen.isEmpty, hasOthers: history.hasOthers,
            hasRecent: !history.recent.isEmpty, hasEarlier: !history.earlier.isEmpty,
            isPaged: last != nil || history.next != nil, isLater: last != nil, next: history.next,
            notice: notice?.sentence(in: text), passwordError: passwordError, isCurrentWrong: wrongField == .current,
            isNewWrong: wrongField == .new, hasPassword: account?.password != nil,
            minimumLength: accounts.policy.minimumLength, methods: methods)
        let frame = PageFrame(title: text.yourDevices, content: content)
        return renderer.page(
            .account, status: status,
            frame.signedIn(own, csrf: authentication.browser.csrf, accessSeconds: accessSeconds))
    }
}
