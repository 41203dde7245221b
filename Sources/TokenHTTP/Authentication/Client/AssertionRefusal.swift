/// Why an assertion that a key of the client signed is not accepted. The client may learn the reason.
package enum AssertionRefusal: Error, Sendable, CaseIterable {
    case otherClient
    case wrongAudience
    case noID
    case badTime
    case expired
    case livesTooLong
    case notYet
    case replayed

    /// A clause for people.
    var sentence: String {
        switch self {
        case .otherClient: "iss and sub must both be the client_id"
        case .wrongAudience: "aud must be the issuer or the token endpoint"
        case .noID: "jti is missing, empty or too long"
        case .badTime: "exp is missing, or exp, iat or nbf is not a NumericDate"
        case .expired: "exp has passed"
        case .livesTooLong: "exp is more than \(AssertionGate.longestLifetime) s ahead"
        case .notYet: "iat or nbf is in the future"
        case .replayed: "this jti was used before"
        }
    }
}
