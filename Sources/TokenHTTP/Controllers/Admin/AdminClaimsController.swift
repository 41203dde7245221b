import Accounts
import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore

/// `/admin/v1/users/{id}/claims` and `/admin/v1/subjects/{id}/claims`: what the access tokens of a subject carry
/// besides the registered claims. The body is the claims, and replaces those before.
struct AdminClaimsController: Controller {
    let accounts: AccountService

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/admin/v1/users/*/claims", showOfUser)
        routes.on(.put, "/admin/v1/users/*/claims", setOfUser)
        routes.on(.get, "/admin/v1/subjects/*/claims", showOfSubject)
        routes.on(.put, "/admin/v1/subjects/*/claims", setOfSubject)
    }

    private func showOfUser(_ exchange: Exchange) async throws -> Response { answer(try await user(of: exchange)) }

    private func setOfUser(_ exchange: Exchange) async throws -> Response {
        try await set(.user(try await user(of: exchange).id), exchange)
    }

    private func showOfSubject(_ exchange: Exchange) async throws -> Response {
        let subject = try await accounts.sessions.subject(SubjectID(exchange.name()))
        guard let subject, subject.state != .deleted else { throw noSubject }
        return answer(subject)
    }

    private func setOfSubject(_ exchange: Exchange) async throws -> Response {
        try await set(.any(SubjectID(exchange.name())), exchange)
    }

    private func set(_ subject: SetClaims.Subject, _ exchange: Exchange) async throws -> Response {
        let isImmediate = try exchange.query().boolean("now")
        let claims = try await exchange.jsonValue().checkedClaims()
        let outcome = try await accounts.directory.setClaims(
            of: subject, to: claims, isImmediate: isImmediate, address: exchange.address.text)
        guard case .set(let subject) = outcome else { throw noSubject }
        return answer(subject)
    }

    private func user(of exchange: Exchange) async throws -> SubjectRecord {
        guard let user = try await accounts.directory.user(exchange.name()) else {
            throw Problem(.notFound, "There is no user with this id or name.")
        }
        return user
    }

    private func answer(_ subject: SubjectRecord) -> Response {
        .json { json in
            json.member("subject", subject.id.value)
            json.member("claims", object: { $0.members(subject.claims?.members ?? [:]) })
        }
    }

    private var noSubject: Problem { Problem(.notFound, "There is no subject with this id.") }
}
