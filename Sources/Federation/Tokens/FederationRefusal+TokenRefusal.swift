import TokenVerifier

extension FederationRefusal {
    /// What the check of form and signature found.
    init(_ refusal: TokenRefusal) {
        self =
            switch refusal {
            case .wrongType: .tokenKindWrong
            case .wrongAlgorithm: .tokenAlgorithmWrong
            case .criticalExtension: .tokenCritical
            case .unknownKey: .tokenKeyUnknown
            case .badSignature: .tokenSignatureWrong
            case .keysUnavailable: .providerUnavailable
            default: .tokenMalformed
            }
    }
}
