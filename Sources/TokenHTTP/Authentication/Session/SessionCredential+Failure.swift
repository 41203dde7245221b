import TokenCore
import TokenVerifier

extension SessionCredential {
    /// The failure for a refusal of the rules. An answer about the proof beside an access token is another one than
    /// about the proof beside a refresh token.
    func failure(_ refusal: Refusal) -> AuthenticationFailure {
        guard case .proof(let fault) = refusal, case .session = self else { return .refused(refusal) }
        return .proof(ProofRefusal(fault), at: .resources)
    }
}
