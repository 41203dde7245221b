package import Accounts
package import Hummingbird
package import TokenHTTP

/// The pages of the public listener.
package struct Pages: Sendable {
    /// The controllers of the pages and of what the pages load.
    package let controllers: [any Controller]
    private let renderer: PageRenderer

    /// - Parameters:
    ///   - receipts: of the logins of browsers that may keep no cookies.
    ///   - invitation: the link that creates the first user.
    /// - Throws: an error when a template does not parse.
    package init(
        accounts: AccountService, authentication: Authentication, delivery: TokenDelivery, receipts: LoginReceipts,
        invitation: SetupInvitation
    ) throws {
        let renderer = try PageRenderer()
        self.renderer = renderer
        let gate = authentication.browser
        let redirect = LoginRedirect(delivery: delivery, gate: gate, receipts: receipts)
        controllers = [
            AccountPage(
                accounts: accounts, authentication: authentication,
                history: SessionHistory(sessions: accounts.sessions), renderer: renderer),
            LoginPage(accounts: accounts, authentication: authentication, redirect: redirect, renderer: renderer),
            SetupPage(
                invitation: invitation, accounts: accounts, gate: gate, redirect: redirect, renderer: renderer),
            WelcomePage(accounts: accounts, gate: gate, redirect: redirect, renderer: renderer),
            InspectPage(authentication: authentication, renderer: renderer),
            try PageAssets(),
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
