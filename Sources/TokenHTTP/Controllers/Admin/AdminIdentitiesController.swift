import Accounts
import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore

/// `/admin/v1/users/{id}/identities`: what providers know a user as. An identity of a deleted user is found by the
/// user's id.
struct AdminIdentitiesController: Controller {
    let accounts: AccountService
    let identities: IdentityService

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/admin/v1/users/*/identities", list)
        routes.on(.post, "/admin/v1/users/*/identities", link)
        routes.on(.delete, "/admin/v1/users/*/identities", unlink)
    }

    /// The oldest first.
    private func list(_ exchange: Exchange) async throws -> Response {
        let user = try await accounts.directory.user(exchange.name())
        let found = try await identities.identities(of: user?.id ?? SubjectID(exchange.name()))
        guard user != nil || !found.isEmpty else { throw noUser }
        let (page, next) = try exchange.page(of: found) { $0.id.text }
        return .json { json in
            json.member("identities", each: page) { $0.identity($1) }
            if let next { json.member("next", next) }
        }
    }

    private func link(_ exchange: Exchange) async throws -> Response {
        guard let user = try await accounts.directory.user(exchange.name()) else { throw noUser }
        let identity = try identity(try await exchange.json())
        let outcome = try await identities.link(
            identity, by: .administrator(of: user.id), address: exchange.address.text)
        switch outcome {
        case .linked(let record): return .json(.created) { $0.identity(record) }
        case .linkedToAnother(let subject):
            throw Problem(.conflict, "This identity belongs to the subject \(subject), who may have been deleted.")
        case .tooMany:
            throw Problem(.conflict, "A user has at most \(IdentityRecord.maximumPerSubject) identities.")
        case .notFound, .used, .refused, .notFresh: throw noUser
        }
    }

    private func unlink(_ exchange: Exchange) async throws -> Response {
        let user = try await accounts.directory.user(exchange.name())
        let subject = try user?.id ?? SubjectID(exchange.name())
        let identity = try identity(try await exchange.json())
        let outcome = try await identities.unlink(
            identity.id, by: .administrator(of: subject), address: exchange.address.text)
        switch outcome {
        case .unlinked: return .noContent
        case .lastWay:
            throw Problem(
                .conflict, "It is the user's last way to sign in. Set a name and a password, or link another identity.")
        case .notFound, .refused, .notFresh:
            throw Problem(.notFound, "No user with this id or name has this identity.")
        }
    }

    private func identity(_ body: JSONMembers) throws -> Identity {
        let issuer = try body.required("issuer", maximumLength: Identity.maximumLength)
        let subject = try body.required("sub", maximumLength: Identity.maximumLength)
        guard let identity = Identity(issuer: issuer, providerSubject: subject) else {
            throw Problem(.invalidRequest, "The identity is not valid: \(Identity.rule).")
        }
        return identity
    }

    private var noUser: Problem { Problem(.notFound, "There is no user with this id or name.") }
}
