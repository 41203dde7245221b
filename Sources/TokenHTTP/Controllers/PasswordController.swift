import Accounts
import Hummingbird
import TokenCore

/// `POST /v1/password`: the owner changes the password; all other sessions end.
struct PasswordController: Sendable {
    let accounts: AccountService
    let credentials: SessionAuthenticator

    func change(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json()
        let session = try await credentials.liveSession(of: exchange)
        let outcome = try await accounts.changePassword(
            of: session, from: Password(try body.required("current_password")),
            to: Password(try body.required("new_password", maximumLength: 4096)), address: exchange.address)
        switch outcome {
        case .changed: return .noContent
        case .wrongPassword:
            throw Problem(.invalidCredentials, "The current password is wrong.", action: .fix)
        case .weakPassword(let objection): throw Problem(.weakPassword, objection)
        case .throttled(let seconds): throw Problem.tooManyAttempts(retryAfterSeconds: seconds)
        case .refused(let refusal): throw Problem(refusal)
        case .unknownUser: throw Problem(.invalidRequest, "This session's subject has no password here.")
        }
    }
}
