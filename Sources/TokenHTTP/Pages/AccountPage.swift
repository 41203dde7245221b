import Accounts
import HTTPTypes
import Hummingbird
import TokenCore

/// `/account`: a person's own devices, and what they may do about them.
struct AccountPage: Sendable {
    let accounts: AccountService
    let credentials: SessionAuthenticator
    let visitors: PageVisitors
    let csrf: CSRFTokens
    let history: SessionHistory
    let pages: PageRenderer

    private var sessions: SessionService { accounts.sessions }

    private struct Content {
        let live: [SessionView]
        let past: [SessionView]
        let notice: String?
        let alarm: String?
        let passwordError: String?
        let hasOthers: Bool
        let hasPast: Bool
        let hasPassword: Bool
        let minimumLength: Int
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/") { _ in .seeOther("/account") }
        routes.on(.get, "/account", show)
        routes.on(.post, "/account/end", end)
        routes.on(.post, "/account/end-others", endOthers)
        routes.on(.post, "/account/end-all", endAll)
        routes.on(.post, "/account/password", changePassword)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        switch try await visitors.visitor(of: exchange) {
        case .signedIn(let session): try await page(for: session, notice: FlashMessage(of: exchange))
        case .passingThrough: pages.onward(to: "/account")
        case .stranger: .seeOther("/login")
        }
    }

    private func end(_ exchange: Exchange) async throws -> Response {
        try await asOwner(exchange) { own, form in
            guard let id = SessionID(form["session"] ?? "") else {
                throw Problem(.notFound, "There is no such session.")
            }
            let isOwn = id == own.session.id
            let command = EndSession(
                id, reason: isOwn ? .logout : .endedByOwner, owner: .subject(of: own.session.id),
                address: exchange.address.text)
            switch try await sessions.lane.submit(command) {
            case .refused(let refusal): throw Problem(refusal)
            // What was ended meanwhile is what the person wanted.
            case .ended, .notFound: break
            }
            return isOwn ? signedOut(.signedOut) : .seeOther(FlashMessage.ended.at("/account"))
        }
    }

    private func endOthers(_ exchange: Exchange) async throws -> Response {
        try await asOwner(exchange) { own, _ in
            let command = EndOtherSessions(than: own.session.id, address: exchange.address.text)
            if case .refused(let refusal) = try await sessions.lane.submit(command) { throw Problem(refusal) }
            return .seeOther(FlashMessage.others.at("/account"))
        }
    }

    private func endAll(_ exchange: Exchange) async throws -> Response {
        try await asOwner(exchange) { own, _ in
            let command = EndAllSessions(by: .holder(.session(own.session.id)), address: exchange.address.text)
            if case .refused(let refusal) = try await sessions.lane.submit(command) { throw Problem(refusal) }
            return signedOut(.everywhere)
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
                return try await page(for: own, passwordError: "The current password is wrong.", status: .badRequest)
            case .weakPassword(let objection):
                return try await page(for: own, passwordError: objection, status: .badRequest)
            case .throttled(let seconds):
                let error = "Too many attempts. Try again in \(seconds) seconds."
                var response = try await page(for: own, passwordError: error, status: .tooManyRequests)
                response.headers[.retryAfter] = String(seconds)
                return response
            case .refused(let refusal): throw Problem(refusal)
            case .unknownUser: throw Problem(.invalidRequest, "There is no password to change.")
            }
        }
    }

    /// Does what a form of this page asks for, as the session that its cookies name.
    private func asOwner(
        _ exchange: Exchange, _ act: (_ own: Session, _ form: FormFields) async throws -> Response
    ) async throws -> Response {
        let form = try await exchange.form()
        guard let cookies = try await credentials.cookies(checkedIn: exchange, token: form["csrf"] ?? "") else {
            return .seeOther(FlashMessage.over.at("/login"))
        }
        do {
            return try await act(try await credentials.liveSession(of: cookies), form)
        } catch let problem as Problem where problem.status == .unauthorized {
            return signedOut(.over)
        }
    }

    private func signedOut(_ notice: FlashMessage) -> Response { .seeOther(notice.at("/login")).clearingCookies() }

    private func page(
        for own: Session, notice: FlashMessage? = nil, passwordError: String? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let (live, past) = try await history.views(for: own)
        let content = Content(
            live: live, past: past, notice: notice?.sentence,
            alarm: past.contains(where: \.isStolen)
                ? "An old token of one of your sessions came back, so somebody may have had a copy. The session was ended; "
                    + "see below. If you cannot explain it, change your password." : nil,
            passwordError: passwordError, hasOthers: live.count > 1, hasPast: !past.isEmpty,
            hasPassword: own.subject.account != nil, minimumLength: accounts.policy.minimumLength)
        return pages.page(
            .account, status: status,
            PageFrame(
                title: "Your devices", session: own, csrf: csrf.token(for: own.session.id), content: content))
    }
}
