import Accounts
import HTTPTypes
import StrictCoding
import SessionEngine
import TokenCore
import TokenHTTP

/// `/console/subjects/{id}`: one user or outside subject, with sessions and claims.
struct ConsoleSubject: Controller {
    let site: ConsoleSite
    let accounts: AccountService
    let identities: IdentityService
    let issuer: Issuer

    private struct Content {
        let id: String
        let name: String
        let link: String
        /// Where the events of the subject are.
        let eventsLink: String
        let state: String
        let isActive: Bool
        let isDisabled: Bool
        let isUser: Bool
        let created: RelativeTime
        /// Whether it can sign in with a password.
        let hasName: Bool
        let hasPassword: Bool
        /// A one-time link that was just made.
        let oneTimeLink: String?
        let identities: [IdentityView]
        let hasIdentities: Bool
        let claims: String
        let live: [SessionView]
        let hasLive: Bool
        let past: [SessionView]
        let hasPast: Bool
        /// The query of the next page; nil for the last one.
        let next: String?
        let minimumLength: Int
    }

    private struct IdentityView {
        let issuer: String
        let providerSubject: String
        let lastUsed: RelativeTime?
    }

    func addRoutes(to routes: inout RouteTable) {
        let path = "/console/subjects/*"
        routes.on(.get, path, show)
        routes.on(.post, "\(path)/disable") { try await set(.disabled, .disabled, $0) }
        routes.on(.post, "\(path)/enable") { try await set(.active, .enabled, $0) }
        routes.on(.post, "\(path)/delete", delete)
        routes.on(.post, "\(path)/unlock", unlock)
        routes.on(.post, "\(path)/rename", rename)
        routes.on(.post, "\(path)/password", setPassword)
        routes.on(.post, "\(path)/link", makeLink)
        routes.on(.post, "\(path)/identities", linkIdentity)
        routes.on(.post, "\(path)/unlink", unlinkIdentity)
        routes.on(.post, "\(path)/claims", setClaims)
        routes.on(.post, "\(path)/end", end)
        routes.on(.post, "\(path)/end-all", endAll)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        try await site.show(exchange) { visit in
            let last = try exchange.query()["after"].flatMap { SessionID($0) }
            return try await page(
                try await subject(of: exchange), after: last, for: visit,
                notice: ConsoleNotice.sentence(of: exchange, in: visit.console))
        }
    }

    private func set(
        _ state: SubjectRecord.State, _ notice: ConsoleNotice, _ exchange: Exchange
    ) async throws -> Response {
        try await change(exchange) { subject, _, _ in
            guard try await accounts.directory.setState(of: subject.id, to: state) == .done else {
                throw ConsoleRefusal.noUser
            }
            return .seeOther(notice.at(ConsoleLink.subject(subject.id.value)))
        }
    }

    private func delete(_ exchange: Exchange) async throws -> Response {
        try await change(exchange) { subject, _, _ in
            guard try await accounts.directory.setState(of: subject.id, to: .deleted) == .done else {
                throw ConsoleRefusal.noUser
            }
            return .seeOther(ConsoleNotice.deleted.at("/console/users"))
        }
    }

    private func unlock(_ exchange: Exchange) async throws -> Response {
        try await change(exchange) { subject, _, _ in
            guard try await accounts.directory.unlock(subject.id) == .unlocked else { throw ConsoleRefusal.noUser }
            return .seeOther(ConsoleNotice.unlocked.at(ConsoleLink.subject(subject.id.value)))
        }
    }

    private func rename(_ exchange: Exchange) async throws -> Response {
        try await change(exchange) { subject, visit, form in
            guard let name = Username(form["username"] ?? "") else {
                return try await page(
                    subject, for: visit, status: .badRequest,
                    error: ConsoleError(visit.text.invalidUsername(maximumBytes: Username.maximumLength)))
            }
            switch try await accounts.directory.rename(subject.id, to: name) {
            case .renamed: return .seeOther(ConsoleNotice.renamed.at(ConsoleLink.subject(subject.id.value)))
            case .nameTaken:
                return try await page(
                    subject, for: visit, status: .conflict, error: ConsoleError(visit.text.usernameTaken))
            case .notFound: throw ConsoleRefusal.noUser
            }
        }
    }

    private func setPassword(_ exchange: Exchange) async throws -> Response {
        try await change(exchange) { subject, visit, form in
            switch try await accounts.setPassword(of: subject, to: Password(form["password"] ?? "")) {
            case .changed: return .seeOther(ConsoleNotice.password.at(ConsoleLink.subject(subject.id.value)))
            case .weakPassword(let objection):
                return try await page(
                    subject, for: visit, status: .badRequest, error: ConsoleError(visit.text.weakPassword(objection)))
            case .wrongPassword, .throttled, .refused, .noPassword: throw ConsoleRefusal.noUser
            }
        }
    }

    /// Makes an invitation for a user without a password, else a reset, and shows the link once.
    private func makeLink(_ exchange: Exchange) async throws -> Response {
        try await change(exchange) { subject, visit, _ in
            let purpose: OneTimeLink.Purpose = subject.account?.password == nil ? .invitation : .reset
            let outcome = try await accounts.makeLink(
                for: subject.id, purpose, hours: OneTimeLink.defaultHours, address: exchange.address.text)
            switch outcome {
            case .made(let token, _):
                return try await page(subject, for: visit, oneTimeLink: issuer.url(of: token))
            case .disabled:
                return try await page(
                    subject, for: visit, status: .conflict, error: ConsoleError(visit.console.userDisabled))
            case .noName:
                return try await page(
                    subject, for: visit, status: .conflict, error: ConsoleError(visit.console.userHasNoName))
            case .hasPassword:
                return try await page(
                    subject, for: visit, status: .conflict, error: ConsoleError(visit.console.userHasPassword))
            case .unknownUser, .invalidName: throw ConsoleRefusal.noUser
            }
        }
    }

    private func linkIdentity(_ exchange: Exchange) async throws -> Response {
        try await change(exchange) { subject, visit, form in
            guard let identity = form.identity else {
                return try await page(
                    subject, for: visit, status: .badRequest,
                    error: ConsoleError(visit.console.invalidIdentity, cause: "\(Identity.rule)."))
            }
            let outcome = try await identities.link(
                identity, by: .administrator(of: subject.id), address: exchange.address.text)
            switch outcome {
            case .linked: return .seeOther(ConsoleNotice.linked.at(ConsoleLink.subject(subject.id.value)))
            case .linkedToAnother(let other):
                return try await page(
                    subject, for: visit, status: .conflict,
                    error: ConsoleError(visit.console.identityOfAnother("\(other)")))
            case .tooMany:
                return try await page(
                    subject, for: visit, status: .conflict,
                    error: ConsoleError(visit.console.tooManyIdentities(maximum: IdentityRecord.maximumPerSubject)))
            case .notFound, .used, .refused, .notFresh: throw ConsoleRefusal.noUser
            }
        }
    }

    private func unlinkIdentity(_ exchange: Exchange) async throws -> Response {
        try await change(exchange) { subject, visit, form in
            guard let identity = form.identity else { throw ConsoleRefusal.noIdentity }
            let outcome = try await identities.unlink(
                identity.id, by: .administrator(of: subject.id), address: exchange.address.text)
            switch outcome {
            case .unlinked: return .seeOther(ConsoleNotice.unlinked.at(ConsoleLink.subject(subject.id.value)))
            case .lastWay:
                return try await page(
                    subject, for: visit, status: .conflict,
                    error: ConsoleError(visit.console.lastWayToSignIn))
            case .notFound, .refused, .notFresh: throw ConsoleRefusal.noIdentity
            }
        }
    }

    private func setClaims(_ exchange: Exchange) async throws -> Response {
        try await change(exchange) { subject, visit, form in
            let text = form["claims"] ?? "{}"
            let claims: Claims?
            do { claims = try Claims.checking(try JSONReader.read(Array(text.utf8))) } catch {
                return try await page(
                    subject, for: visit, status: .badRequest,
                    error: ConsoleError(visit.console.invalidClaims, cause: "\(error)."), claims: text)
            }
            let outcome = try await accounts.directory.setClaims(
                of: .any(subject.id), to: claims, isImmediate: form["now"] != nil, address: exchange.address.text)
            guard case .set = outcome else { throw ConsoleRefusal.noUser }
            return .seeOther(ConsoleNotice.claims.at(ConsoleLink.subject(subject.id.value)))
        }
    }

    private func end(_ exchange: Exchange) async throws -> Response {
        try await change(exchange) { subject, _, form in
            guard let id = SessionID(form["session"] ?? "") else {
                throw ConsoleRefusal.noSession
            }
            guard try await accounts.sessions.session(id)?.subject.id == subject.id else {
                throw ConsoleRefusal.noSessionOfSubject
            }
            // A session that has ended meanwhile is what the operator wanted.
            _ = try await accounts.sessions.end(
                id, by: .administrator, reason: .endedByAdministrator, address: exchange.address.text)
            return .seeOther(ConsoleNotice.sessionEnded.at(ConsoleLink.subject(subject.id.value)))
        }
    }

    private func endAll(_ exchange: Exchange) async throws -> Response {
        try await change(exchange) { subject, _, _ in
            _ = try await accounts.sessions.endAll(
                by: .administrator(of: subject.id), address: exchange.address.text)
            return .seeOther(ConsoleNotice.allEnded.at(ConsoleLink.subject(subject.id.value)))
        }
    }

    /// Performs what a form asks for.
    private func change(
        _ exchange: Exchange, _ act: (SubjectRecord, ConsoleVisit, FormFields) async throws -> Response
    ) async throws -> Response {
        try await site.change(exchange) { visit, form in
            try await act(try await subject(of: exchange), visit, form)
        }
    }

    private func subject(of exchange: Exchange) async throws -> SubjectRecord {
        guard let subject = try await accounts.directory.subject(SubjectID(exchange.name())), subject.state != .deleted
        else { throw ConsoleRefusal.noSubject }
        return subject
    }

    private func page(
        _ subject: SubjectRecord, after last: SessionID? = nil, for visit: ConsoleVisit,
        status: HTTPResponse.Status = .ok, notice: String? = nil, error: ConsoleError? = nil, claims: String? = nil,
        oneTimeLink: String? = nil
    ) async throws -> Response {
        let history = try await SessionHistory(sessions: accounts.sessions).page(
            of: subject.id, after: last, in: visit.text)
        let past = history.stolen + history.recent + history.earlier
        let members = subject.claims?.members ?? [:]
        let stored = String(decoding: JSONWriter.object { $0.members(members) }, as: UTF8.self)
        let name = subject.displayName
        let now = accounts.sessions.clock()
        let linked = try await identities.identities(of: subject.id).map { record in
            IdentityView(
                issuer: record.identity.issuer, providerSubject: record.identity.providerSubject,
                lastUsed: record.lastUsedAt.map { RelativeTime($0, now: now, in: visit.text) })
        }
        let content = Content(
            id: subject.id.value, name: name, link: ConsoleLink.subject(subject.id.value),
            eventsLink: "/console/events" + ConsoleLink.query([("subject", subject.id.value)]),
            state: subject.state.words(in: visit.console), isActive: subject.state == .active,
            isDisabled: subject.state == .disabled,
            isUser: subject.account != nil,
            created: RelativeTime(subject.createdAt, now: now, in: visit.text),
            hasName: subject.account?.username != nil,
            hasPassword: subject.account?.password != nil,
            oneTimeLink: oneTimeLink, identities: linked, hasIdentities: !linked.isEmpty, claims: claims ?? stored,
            live: history.others, hasLive: !history.others.isEmpty, past: past, hasPast: !past.isEmpty,
            next: history.next.map { ConsoleLink.query([("after", $0)]) },
            minimumLength: accounts.policy.minimumLength)
        return visit.page(
            .consoleSubject, status: status, title: name, notice: notice, error: error, content)
    }
}

extension FormFields {
    fileprivate var identity: Identity? {
        Identity(issuer: self["issuer"] ?? "", providerSubject: self["sub"] ?? "")
    }
}
