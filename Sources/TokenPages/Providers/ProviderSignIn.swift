import Accounts
import Federation
import HTTPTypes
import TokenCore
import TokenHTTP

/// `/login/{provider}` and what lies below it: a person signs in with a provider.
///
/// The provider sends the browser to the callback. That request comes from another site, so the browser withholds its
/// `Strict` cookies. The callback therefore has no effect but a step of the browser to `finish`, which has the cookies.
/// `finish` is the one GET that opens a session; its attempt works once.
struct ProviderSignIn: Controller {
    let federation: FederationService
    let accounts: AccountService
    let authentication: Authentication
    let start: AttemptStart
    let targets: ReturnTargets
    let redirect: LoginRedirect
    let refusals: ProviderRefusals
    let languages: PageLanguages
    private let succeeded = RecentAttempts()

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.post, "/login/*", begin)
        routes.on(.get, "/login/*/callback", callback)
        routes.on(.post, "/login/*/callback", callback)
        routes.on(.get, "/login/*/finish", finish)
    }

    private func begin(_ exchange: Exchange) async throws -> Response {
        try authentication.browser.checkOrigin(of: exchange.request)
        let provider = try provider(of: exchange)
        let form = try await exchange.form(optional: true)
        return try await start.response(
            provider,
            // The account page asks for a fresh authentication before a change of the ways to sign in.
            purpose: .signIn(
                client: .web, scope: .none, isRemembered: form.isRemembered, isFresh: form["fresh"] != nil),
            returnTo: targets.allowed(form["return"]), of: exchange)
    }

    /// Reads no cookie and asks nobody.
    private func callback(_ exchange: Exchange) async throws -> Response {
        guard !exchange.isPrefetch else { return .noContent }
        let provider = try provider(of: exchange)
        let bytes =
            exchange.request.method == .post
            ? try await exchange.formBytes(optional: true) : Array((exchange.request.query ?? "").utf8)
        do {
            let target = "/login/\(provider.id)/finish?\(try AuthorizationResponse(bytes).query)"
            return languages.renderer(for: exchange).step(to: target)
        } catch {
            return refusals.response(to: error, at: provider, of: exchange)
        }
    }

    private func finish(_ exchange: Exchange) async throws -> Response {
        guard !exchange.isPrefetch else { return .noContent }
        let provider = try provider(of: exchange)
        let own = try await session(of: exchange)
        var attempt: String?
        var response: Response
        do {
            let answer = try AuthorizationResponse((exchange.request.query ?? "").utf8)
            attempt = answer.cookieName
            response = try await signedIn(by: answer, at: provider, own: own, exchange)
        } catch let refusal as FederationRefusal {
            response = try await refused(refusal, at: provider, own: own, exchange)
        } catch {
            guard var problem = Problem(error), let attempt else { throw error }
            problem.headers.clearAttempt(attempt)
            throw problem
        }
        response.headers[.referrerPolicy] = "no-referrer"
        if let attempt { response.headers.clearAttempt(attempt) }
        return response
    }

    private func signedIn(
        by answer: AuthorizationResponse, at provider: Provider, own: Session?, _ exchange: Exchange
    ) async throws -> Response {
        let outcome = try await federation.finish(
            at: provider.id.value, answer, cookies: AttemptCookies(exchange.request).values, session: own,
            device: Device(address: exchange.address.text, userAgent: exchange.userAgent))
        switch outcome {
        case .signedIn(let session, let refresh, let time, let returnTo):
            await refund(answer, exchange)
            return try await redirect.response(
                to: targets.allowed(returnTo) ?? "/account", for: session, refresh: refresh, at: time, of: exchange)
        case .linked(let returnTo):
            await refund(answer, exchange)
            return .seeOther(targets.allowed(returnTo) ?? FlashMessage.linked.at("/account"))
        // A second delivery, or the back button.
        case .alreadySignedIn(let returnTo): return .seeOther(targets.allowed(returnTo) ?? "/account")
        }
    }

    /// An attempt that succeeded does not count, however often its answer is delivered.
    private func refund(_ answer: AuthorizationResponse, _ exchange: Exchange) async {
        guard let attempt = answer.cookieName, succeeded.insert(attempt) else { return }
        await accounts.refundAttempt(from: exchange.address)
    }

    /// An answer of an attempt that is unknown is an attempt too, or anybody could try any number of them.
    private func refused(
        _ refusal: FederationRefusal, at provider: Provider, own: Session?, _ exchange: Exchange
    ) async throws -> Response {
        if refusal.answer == .attemptOver, own == nil,
            let seconds = try await accounts.countAttempt(from: exchange.address)
        {
            return refusals.throttled(seconds, at: provider, of: exchange)
        }
        return refusals.response(to: refusal, at: provider, of: exchange, isSignedIn: own != nil)
    }

    private func provider(of exchange: Exchange) throws -> Provider {
        guard let provider = try? federation.provider(exchange.pathParameter) else { throw Problem.unknownPath }
        return provider
    }

    /// The live session of the browser; nil without one.
    private func session(of exchange: Exchange) async throws -> Session? {
        guard let cookies = try authentication.sessions.cookies(of: exchange) else { return nil }
        do {
            return try await authentication.sessions.liveSession(of: cookies)
        } catch is AuthenticationFailure {
            return nil
        }
    }
}
