import Federation

/// What the configuration says about the providers that people sign in with.
struct FederationSettings: Sendable {
    /// How long a person may take at a provider.
    let attemptSeconds: Int
    let providers: [Provider]
}
