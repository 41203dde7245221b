import CoreMetrics

/// What the relying party counts. Labels are providers of the configuration and names of refusals.
struct FederationMetrics: Sendable {
    private let shared = Counter(label: "heirloom_federation_attempts_shared_total")

    /// Counts a sign-in or a link: `opened`, `linked`, or why it was refused.
    func signIn(_ provider: ProviderID, _ outcome: String) {
        count("heirloom_federation_logins_total", provider, outcome)
    }

    /// Counts a logout token: `accepted`, or why it was refused.
    func logout(_ provider: ProviderID, _ outcome: String) {
        count("heirloom_federation_backchannel_logouts_total", provider, outcome)
    }

    /// Counts a security event token: `accepted`, or why it was refused.
    func event(_ provider: ProviderID, _ outcome: String) {
        count("heirloom_federation_events_total", provider, outcome)
    }

    /// Counts a delivery that shared the run of another one.
    func sharedAttempt() { shared.increment() }

    /// Records how old the keys of a provider are.
    func keyAge(_ provider: ProviderID, _ age: Duration) {
        Gauge(label: "heirloom_federation_keys_age_seconds", dimensions: [("provider", provider.value)])
            .record(age / .seconds(1))
    }

    private func count(_ label: String, _ provider: ProviderID, _ outcome: String) {
        Counter(label: label, dimensions: [("provider", provider.value), ("outcome", outcome)]).increment()
    }
}
