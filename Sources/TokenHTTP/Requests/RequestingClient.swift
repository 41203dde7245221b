import TokenCore

/// The client that a request says it comes from.
struct RequestingClient: Sendable {
    /// Nil when the request does not say.
    let client: ClientID?
    /// Whether it proved so with a secret.
    let isAuthenticated: Bool
}
