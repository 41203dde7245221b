package import Accounts
package import Federation
package import SessionEngine
package import TokenHTTP

/// The pages of the public listener.
package struct Pages: Sendable {
    /// The controllers of the pages and of what the pages load.
    package let controllers: [any Controller]
    private let languages: PageLanguages

    /// - Parameters:
    ///   - receipts: of the logins of browsers that may keep no cookies.
    ///   - invitation: the link that creates the first user.
    ///   - targets: where a sign-in may lead.
    ///   - branding: how the pages look.
    package init(
        accounts: AccountService, authentication: Authentication, delivery: TokenDelivery, receipts: LoginReceipts,
        invitation: SetupInvitation, federation: FederationService, identities: IdentityService, targets: ReturnTargets,
        branding: Branding
    ) {
        let languages = PageLanguages(branding, of: .account)
        self.languages = languages
        let gate = authentication.browser
        let redirect = LoginRedirect(
            delivery: delivery, authentication: authentication, sessions: accounts.sessions, receipts: receipts)
        let forms = OwnerForm(authentication: authentication)
        let refusals = ProviderRefusals(languages: languages)
        let start = AttemptStart(federation: federation, accounts: accounts, refusals: refusals, languages: languages)
        controllers = [
            AccountPage(
                accounts: accounts, authentication: authentication, forms: forms,
                history: SessionHistory(sessions: accounts.sessions), federation: federation, identities: identities,
                languages: languages),
            LinkForms(
                federation: federation, identities: identities, clock: accounts.sessions.clock, forms: forms,
                start: start, targets: targets),
            LoginPage(
                accounts: accounts, authentication: authentication, redirect: redirect, targets: targets,
                providers: federation.providers.map { ProviderButton($0) }, languages: languages),
            ProviderSignIn(
                federation: federation, accounts: accounts, authentication: authentication, start: start,
                targets: targets, redirect: redirect, refusals: refusals, languages: languages),
            SetupPage(
                invitation: invitation, accounts: accounts, gate: gate, redirect: redirect, languages: languages),
            WelcomePage(accounts: accounts, gate: gate, redirect: redirect, languages: languages),
            InspectPage(authentication: authentication, languages: languages),
            PageAssets(branding),
        ]
    }
}

extension Pages {
    /// Parses every template of all pages and of the console, in every language. A process parses a template when it
    /// shows the first page that needs it, so this is how a test finds an error in one.
    ///
    /// - Throws: an error of a template.
    package static func parseTemplates(with branding: Branding) throws { try PageLanguages.parseAll(branding) }
}

extension Pages: ErrorRenderer {
    package func response(to problem: Problem, for request: Request) -> Response {
        let renderer = languages.renderer(for: request)
        var response = renderer.failure(
            ErrorContent(problem, for: request, in: renderer.text), status: problem.status)
        response.headers.append(contentsOf: problem.headers)
        return response
    }
}
