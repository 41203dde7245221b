import Federation
import HTTPTypes
import TokenCore
import TokenHTTP

/// `/console/providers`: the OpenID providers of the configuration.
struct ConsoleProviders: Controller {
    let site: ConsoleSite
    let federation: FederationService

    private struct Content {
        let providers: [Row]
        let isEmpty: Bool
    }

    private struct Row {
        let id: String
        let name: String
        let issuer: String
        let redirectURI: String
        /// Whether somebody who comes for the first time gets an account.
        let takesNewPeople: Bool
    }

    func addRoutes(to routes: inout RouteTable) { routes.on(.get, "/console/providers", show) }

    private func show(_ exchange: Exchange) async throws -> Response {
        try await site.show(exchange) { visit in
            let rows = federation.providers.map { provider in
                Row(
                    id: provider.id.value, name: provider.name, issuer: provider.issuer,
                    redirectURI: federation.redirectURI(of: provider), takesNewPeople: provider.signUp == .automatic)
            }
            return visit.page(
                .consoleProviders, title: visit.console.providers, Content(providers: rows, isEmpty: rows.isEmpty))
        }
    }
}
