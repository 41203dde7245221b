import Accounts
import Federation
import StrictCoding
import TokenCore

/// A login with an ID token that an application got from a provider's own kit.
extension LoginController {
    /// The longest ID token, in bytes. Some providers list the groups of a person.
    private static let longestToken = 32 * 1024
    private static let longestNonce = 1024

    /// Whether the body is such a login.
    func namesProvider(_ body: JSONMembers) -> Bool {
        body.members["provider"] != nil || body.members["id_token"] != nil
    }

    /// Whatever is wrong with the token or with the account, the answer is the same.
    func loginByProvider(_ body: JSONMembers, _ applicant: Applicant, _ exchange: Exchange) async throws -> Response {
        let provider = try body.required("provider", maximumLength: 64)
        let token = try body.required("id_token", maximumLength: LoginController.longestToken)
        let nonce = try body.required("nonce", maximumLength: LoginController.longestNonce)
        if let seconds = try await accounts.countAttempt(from: exchange.address) {
            throw Problem.tooManyAttempts(retryAfterSeconds: seconds)
        }
        let opened: (Session, RefreshToken, at: Timestamp)
        do {
            opened = try await federation.signIn(
                at: provider, idToken: token, nonce: nonce, client: applicant.client, scope: applicant.scope,
                device: applicant.device, isRemembered: applicant.isRemembered, binding: applicant.binding)
        } catch let refusal as FederationRefusal {
            if let fault = refusal.proofFault {
                await accounts.refundAttempt(from: exchange.address)
                throw AuthenticationFailure.refused(.proof(fault))
            }
            guard refusal.answer == .unavailable else {
                throw Problem(.invalidCredentials, "The ID token is not accepted.")
            }
            await accounts.refundAttempt(from: exchange.address)
            throw Problem.providerUnavailable("The provider's keys cannot be fetched now.")
        } catch {
            await accounts.refundAttempt(from: exchange.address)
            throw error
        }
        await accounts.refundAttempt(from: exchange.address)
        return try answer(opened.0, opened.1, at: opened.at, to: applicant)
    }
}
