package import TokenCore

/// Why a sign-in by a provider, or a message of a provider, is refused. The raw value is the name in logs, events and
/// metrics; a person learns only the ``answer``.
package enum FederationRefusal: String, Error, Sendable, CaseIterable {
    /// No provider has this name, or it does not offer what was asked for.
    case unknownProvider = "unknown_provider"

    // The attempt.
    /// The browser has no cookie of the attempt that `state` names, or the cookie is not authentic.
    case attemptMissing = "attempt_missing"
    case attemptExpired = "attempt_expired"
    case attemptUsed = "attempt_used"

    // The provider.
    /// The provider does not answer in time, answers with a server error, or is asked too often at once.
    case providerUnavailable = "provider_unavailable"
    /// The provider's metadata is not valid, or names another issuer.
    case metadataWrong = "metadata_wrong"
    /// The person did not consent, or left.
    case cancelled
    /// The authorization response is another error.
    case providerError = "provider_error"

    // The authorization response.
    /// A parameter is repeated, too long or not visible ASCII.
    case responseMalformed = "response_malformed"
    /// `iss` is absent although the metadata promises it (RFC 9207 §2.4).
    case responseIssuerMissing = "response_issuer_missing"
    case responseIssuerWrong = "response_issuer_wrong"
    /// The response holds a token, which was not asked for.
    case responseUnexpected = "response_unexpected"
    case codeMissing = "code_missing"

    // The token response.
    /// The token endpoint refused the code or this client.
    case tokenRequestRefused = "token_request_refused"
    case tokenResponseMalformed = "token_response_malformed"
    case tokenTypeWrong = "token_type_wrong"
    case idTokenMissing = "id_token_missing"

    // An ID token, a logout token or a security event token.
    case tokenMalformed = "token_malformed"
    /// `typ` of the header.
    case tokenKindWrong = "token_kind_wrong"
    case tokenAlgorithmWrong = "token_algorithm_wrong"
    case tokenCritical = "token_critical"
    case tokenKeyUnknown = "token_key_unknown"
    case tokenSignatureWrong = "token_signature_wrong"
    case tokenIssuerWrong = "token_issuer_wrong"
    case tokenAudienceWrong = "token_audience_wrong"
    /// `azp`.
    case tokenPartyWrong = "token_party_wrong"
    case tokenExpired = "token_expired"
    /// `exp`, `iat` or `nbf` is absent where it is required, is not a time, or lies too far ahead or behind.
    case tokenTimeWrong = "token_time_wrong"
    case tokenNonceWrong = "token_nonce_wrong"
    case tokenSubjectWrong = "token_subject_wrong"
    /// `sid` is not a string.
    case tokenSessionWrong = "token_session_wrong"
    /// `at_hash` is not that of the access token.
    case tokenHashWrong = "token_hash_wrong"
    /// `auth_time` is absent although `max_age` was sent, or is older than that.
    case authenticationTooOld = "authentication_too_old"
    /// `jti` is absent, or not a text of 1 to 512 bytes.
    case tokenIDWrong = "token_id_wrong"
    /// `events` is absent, or has not the event that it must have.
    case tokenEventsWrong = "token_events_wrong"
    case tokenUsed = "token_used"

    // UserInfo.
    case userInfoMalformed = "user_info_malformed"
    case userInfoSubjectWrong = "user_info_subject_wrong"

    // This service.
    /// A requirement of the configuration is not met.
    case requirementUnmet = "requirement_unmet"
    /// Nobody has this identity, and only known identities may sign in.
    case identityUnknown = "identity_unknown"
    /// The subject of the identity is disabled or deleted.
    case subjectNotActive = "subject_not_active"
    /// The identity belongs to another subject.
    case linkedElsewhere = "linked_elsewhere"
    /// The browser's session is not the one that began, or its authentication is not recent enough.
    case notFresh = "not_fresh"
    /// The client was removed.
    case unknownClient = "unknown_client"
    /// The client's sessions are bound to a key, and the request proves none.
    case proofMissing = "proof_missing"
    /// The proof of the application's key was used before.
    case proofReplayed = "proof_replayed"
}

extension FederationRefusal {
    /// What a person or an application learns.
    package enum Answer: Sendable {
        /// 404.
        case notFound
        /// 400: the sign-in took too long or was used before; it can begin anew.
        case attemptOver
        /// 503: the provider cannot be reached.
        case unavailable
        /// The person left; back to the login page.
        case cancelled
        /// 502: the provider refused the request.
        case refused
        /// 502: what the provider answered cannot be verified.
        case unverifiable
        /// 403: the same for all reasons.
        case notAllowed
        /// 409.
        case linkedElsewhere
        /// The person has to authenticate once more.
        case authenticateAgain
    }

    package var answer: Answer {
        switch self {
        case .unknownProvider: .notFound
        case .attemptMissing, .attemptExpired, .attemptUsed, .unknownClient: .attemptOver
        case .providerUnavailable: .unavailable
        case .cancelled: .cancelled
        case .providerError, .tokenRequestRefused: .refused
        case .requirementUnmet, .identityUnknown, .subjectNotActive, .proofMissing, .proofReplayed: .notAllowed
        case .linkedElsewhere: .linkedElsewhere
        case .notFresh: .authenticateAgain
        default: .unverifiable
        }
    }

    /// What is wrong with the application's proof of a key; nil where that is not the cause.
    package var proofFault: ProofFault? {
        switch self {
        case .proofMissing: .missing
        case .proofReplayed: .replayed
        default: nil
        }
    }

    /// The error code of RFC 8935 §2.4 for a security event token.
    package var eventErrorCode: String {
        switch self {
        case .tokenIssuerWrong: "invalid_issuer"
        case .tokenAudienceWrong: "invalid_audience"
        case .tokenKeyUnknown, .tokenSignatureWrong, .tokenAlgorithmWrong: "invalid_key"
        default: "invalid_request"
        }
    }
}
