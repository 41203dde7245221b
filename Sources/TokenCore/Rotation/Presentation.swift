/// A refresh token as somebody presents it. Its form and its MAC are right (row 1): otherwise there is no
/// ``RefreshToken``.
package struct Presentation: Sendable {
    package let token: RefreshToken
    /// The client that presents it; nil when the caller did not name one.
    package let client: ClientID?
    /// Whether the caller proved to be `client`, as a confidential client must.
    package let isAuthenticated: Bool
    /// What the caller shows of the key that the session may be bound to.
    package var proof: PresentedProof
    /// Whether another presentation of the same token is under way. Then a retry is not counted.
    package let isConcurrent: Bool

    package init(
        _ token: RefreshToken, by client: ClientID? = nil, isAuthenticated: Bool = false,
        proof: PresentedProof = .absent,
        isConcurrent: Bool = false
    ) {
        self.token = token
        self.client = client
        self.isAuthenticated = isAuthenticated
        self.proof = proof
        self.isConcurrent = isConcurrent
    }
}
