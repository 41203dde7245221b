/// Why a call of ``HeirloomClient`` failed. Only ``signedOut(_:)`` means that the session has ended.
public enum HeirloomClientError: Error, Sendable, Equatable {
    /// The issuer is not an `https` URL, or an `http` URL of the loopback interface, without query and fragment.
    case invalidIssuer
    /// The store holds no session. Log in.
    case notSignedIn
    /// The session has ended and was removed from the store. Log in again.
    case signedOut(SignOutReason)
    /// The service gave no usable answer. The session is kept. `retryAfter` is the time after which the client will
    /// send the request again; earlier calls fail without a request. It is nil if the next call sends it.
    case unreachable(retryAfter: Duration?)
    /// The service refused the request for another reason than the state of the session. The session is kept.
    case refused(ServiceRefusal)
    /// The store failed, with its reason. The session is kept; no token was presented whose successor could not be
    /// stored.
    case store(String)
    /// The store holds a session of another issuer or another client. It is neither used nor replaced.
    case foreignSession
}
