import Accounts
import HTTPTypes
import StrictCoding
package import TokenCore

/// `/admin/v1/users/{id}/link`: a link by which a user sets a password, once. It is an invitation for a user without a
/// password, else a reset.
struct AdminLinksController: Controller {
    let accounts: AccountService
    let issuer: Issuer

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/admin/v1/users/*/link", make) }

    private func make(_ exchange: Exchange) async throws -> Response {
        let hours = try await exchange.json(optional: true).integer("hours") ?? OneTimeLink.defaultHours
        guard OneTimeLink.hours.contains(hours) else {
            throw Problem(
                .invalidRequest,
                "\"hours\" is not from \(OneTimeLink.hours.lowerBound) to \(OneTimeLink.hours.upperBound).")
        }
        guard let user = try await accounts.directory.user(exchange.name()) else { throw notFound }
        let purpose: OneTimeLink.Purpose = user.account?.password == nil ? .invitation : .reset
        switch try await accounts.makeLink(for: user.id, purpose, hours: hours, address: exchange.address.text) {
        case .made(let token, let link):
            return .json { json in
                json.member("url", issuer.url(of: token))
                json.member("expires_at", link.expiresAt.description)
            }
        case .disabled: throw Problem(.conflict, "The user is disabled.")
        case .noName: throw Problem.userWithoutName
        case .hasPassword: throw Problem(.conflict, "The user has set a password in the meantime.")
        case .unknownUser, .invalidName: throw notFound
        }
    }

    private var notFound: Problem { Problem(.notFound, "There is no user with this id or name.") }
}

extension Problem {
    /// The refusal of a link for a user who signs in by a provider only.
    package static let userWithoutName = Problem(
        .conflict, "The user has no name to sign in with. Rename the user first.")
}

extension Issuer {
    /// Where a one-time link leads.
    package func url(of token: OneTimeLinkToken) -> String { url("/welcome") + "?token=\(token.plaintext)" }
}
