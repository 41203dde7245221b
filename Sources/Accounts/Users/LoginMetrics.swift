import CoreMetrics

/// Counts attempts at passwords by outcome.
struct LoginMetrics: Sendable {
    private static func login(_ outcome: String) -> Counter {
        Counter(label: "heirloom_logins_total", dimensions: [("outcome", outcome)])
    }

    private static func throttled(_ action: String) -> Counter {
        Counter(label: "heirloom_throttled_attempts_total", dimensions: [("action", action)])
    }

    private let opened = login("opened")
    private let refused = login("refused")
    private let throttled = login("throttled")
    private let failed = login("unavailable")
    private let throttledLogins = throttled("login")
    private let throttledChanges = throttled("password_change")

    func counting(_ attempt: () async throws -> AccountService.LoginOutcome) async throws
        -> AccountService.LoginOutcome
    {
        do {
            let outcome = try await attempt()
            switch outcome {
            case .opened: opened.increment()
            case .refused, .unknownClient, .refusedProof: refused.increment()
            case .throttled:
                throttled.increment()
                throttledLogins.increment()
            }
            return outcome
        } catch {
            failed.increment()
            throw error
        }
    }

    func throttledAChange() { throttledChanges.increment() }
}
