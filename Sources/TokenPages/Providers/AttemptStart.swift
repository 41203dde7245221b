import Accounts
import Federation
import HTTPTypes
import StrictCoding
import TokenCore
import TokenHTTP

/// Begins an attempt to sign in with a provider: a cookie, and a page or a document that leads to the provider.
struct AttemptStart: Sendable {
    let federation: FederationService
    let accounts: AccountService
    let refusals: ProviderRefusals
    let languages: PageLanguages

    /// - Parameter returnTo: a checked path or URL; nil for the account page.
    func response(
        _ provider: Provider, purpose: Attempt.Purpose, returnTo: String?, of exchange: Exchange
    ) async throws -> Response {
        if let seconds = try await accounts.countAttempt(from: exchange.address) {
            return refusals.throttled(seconds, at: provider, of: exchange)
        }
        let begun: BeginAnswer
        do {
            begun = try await federation.begin(at: provider.id.value, purpose, returnTo: returnTo)
        } catch {
            await accounts.refundAttempt(from: exchange.address)
            guard let refusal = error as? FederationRefusal else { throw error }
            return refusals.response(to: refusal, at: provider, of: exchange)
        }
        var response =
            exchange.wantsDocument
            ? Response.json { $0.member("authorization_url", begun.authorizationURL) }
            : languages.renderer(for: exchange).step(to: begun.authorizationURL)
        response.headers.setAttempt(
            begun.cookieName, begun.cookieValue, seconds: begun.maxAgeSeconds, among: AttemptCookies(exchange.request))
        return response
    }
}
