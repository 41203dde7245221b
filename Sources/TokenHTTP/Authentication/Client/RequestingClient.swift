import TokenCore

/// The client that a request names.
struct RequestingClient: Sendable {
    /// Nil when the request names none.
    let client: ClientID?
    /// Whether the request proves it with the client's secret.
    let isAuthenticated: Bool
}
