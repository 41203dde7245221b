package import Accounts
package import Federation
package import Hummingbird
package import SessionEngine
package import TokenHTTP

/// The pages of the public listener.
package struct Pages: Sendable {
    /// The controllers of the pages and of what the pages load.
    package let controllers: [any Controller]
    private let renderer: PageRenderer

    /// - Parameters:
    ///   - receipts: of the logins of browsers that may keep no cookies.
    ///   - invitation: the link that creates the first user.
    ///   - targets: where a sign-in may lead.
    ///   - branding: how the pages look.
    /// - Throws: an error when a template does not parse.
    package init(
        accounts: AccountService, authentication: Authentication, delivery: TokenDelivery, receipts: LoginReceipts,
        invitation: SetupInvitation, federation: FederationService, identities: IdentityService, targets: ReturnTargets,
        branding: Branding
    ) throws {
        let renderer = try PageRenderer(branding)
        self.renderer = renderer
        let gate = authentication.browser
        let redirect = LoginRedirect(
            delivery: delivery, authentication: authentication, sessions: accounts.sessions, receipts: receipts)
        let forms = OwnerForm(authentication: authentication)
        let refusals = ProviderRefusals(renderer: renderer)
        let start = AttemptStart(federation: federation, accounts: accounts, refusals: refusals, renderer: renderer)
        controllers = [
            AccountPage(
                accounts: accounts, authentication: authentication, forms: forms,
                history: SessionHistory(sessions: accounts.sessions), federation: federation, identities: identities,
                renderer: renderer),
            LinkForms(
                federation: federation, identities: identities, clock: accounts.sessions.clock, forms: forms,
                start: start, targets: targets),
            LoginPage(
                accounts: accounts, authentication: authentication, redirect: redirect, targets: targets,
                providers: federation.providers.map { ProviderButton($0) }, renderer: renderer),
            ProviderSignIn(
                federation: federation, accounts: accounts, authentication: authentication, start: start,
                targets: targets, redirect: redirect, refusals: refusals, renderer: renderer),
            SetupPage(
                invitation: invitation, accounts: accounts, gate: gate, redirect: redirect, renderer: renderer),
            WelcomePage(accounts: accounts, gate: gate, redirect: redirect, renderer: renderer),
            InspectPage(authentication: authentication, renderer: renderer),
            try PageAssets(branding),
        ]
    }
}

extension Pages: ErrorRenderer {
    package func response(to problem: Problem, for request: Request) -> Response {
        var response = renderer.failure(ErrorContent(problem, for: request), status: problem.status)
        for field in problem.headers { response.headers.append(field) }
        return response
    }
}
