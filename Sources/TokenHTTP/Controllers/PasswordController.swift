import Accounts
import HTTPTypes
import SessionEngine
import TokenCore

/// `POST /v1/password`: a user changes the password, which ends all other sessions.
struct PasswordController: Controller {
    let accounts: AccountService
    let authenticator: SessionAuthenticator

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/v1/password", change) }

    private func change(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json()
        let acting = try await authenticator.actingSession(of: exchange)
        // Before the password is checked, so that no request counts twice.
        if let use = acting.credential.use, try await !accounts.sessions.use(use) {
            throw acting.credential.failure(.proof(.replayed))
        }
        let outcome = try await accounts.changePassword(
            of: acting.session,
            from: Password(try body.required("current_password", maximumLength: Password.maximumLength)),
            to: Password(try body.required("new_password", maximumLength: Password.maximumBodyLength)),
            address: exchange.address)
        switch outcome {
        case .changed: return .noContent
        case .wrongPassword: throw Problem(.invalidCredentials, "The current password is wrong.", action: .fix)
        case .weakPassword(let objection): throw Problem(.weakPassword, "\(objection)")
        case .throttled(let seconds): throw Problem.tooManyAttempts(retryAfterSeconds: seconds)
        case .refused(let refusal): throw AuthenticationFailure.refused(refusal)
        case .noPassword: throw Problem(.invalidRequest, "The subject of this session has no password.")
        }
    }
}
