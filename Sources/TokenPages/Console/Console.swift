package import Accounts
package import Federation
package import SessionEngine
import TokenCore
package import TokenHTTP
package import TokenSigning

/// The pages of the admin listener: what the admin API does, for people.
package struct Console: Sendable {
    /// The controllers of the pages and of what the pages load.
    package let controllers: [any Controller]
    private let site: ConsoleSite

    /// - Parameters:
    ///   - gate: admits operators.
    ///   - gauges: what the overview shows.
    ///   - branding: how the pages look.
    package init(
        accounts: AccountService, identities: IdentityService, clients: ClientService, keys: SigningKeyService,
        ring: KeyRing, federation: FederationService, issuer: String, gate: ConsoleGate, gauges: ServiceGauges,
        branding: Branding
    ) {
        let site = ConsoleSite(gate: gate, languages: PageLanguages(branding, of: .console))
        self.site = site
        controllers = [
            ConsoleEntry(site: site),
            ConsoleOverview(site: site, accounts: accounts, gauges: gauges),
            ConsoleUsers(site: site, accounts: accounts),
            ConsoleSubject(site: site, accounts: accounts, identities: identities, issuer: Issuer(issuer)),
            ConsoleClients(site: site, clients: clients, sessions: accounts.sessions),
            ConsoleKeys(
                site: site, keys: keys, ring: ring, issuer: Issuer(issuer), clock: accounts.sessions.clock),
            ConsoleEvents(site: site, accounts: accounts),
            ConsoleProviders(site: site, federation: federation),
            PageAssets.console(branding),
        ]
    }
}

extension Console: ErrorRenderer {
    package func response(to problem: Problem, for request: Request) -> Response {
        site.error(problem, for: request)
    }
}
