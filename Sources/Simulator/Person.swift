import TokenCore

/// A subject of the simulation: two users and one outside subject.
enum Person: Int, Sendable, CaseIterable, CustomStringConvertible {
    case ada, bob, eve

    /// The person that a number in a step names.
    static func of(_ index: Int) -> Person { Person(rawValue: index % allCases.count) ?? .ada }

    var isUser: Bool { self != .eve }

    /// The client that the person's sessions are opened for. Ada's has limits of its own.
    var client: ClientID { self == .ada ? ClientID("kiosk") : .web }

    /// The numbers that hold for the person's sessions.
    var policy: RotationPolicy {
        self == .ada
            ? RotationPolicy(
                idleLifetimeSeconds: 3600, absoluteLifetimeSeconds: 10_800, retryWindowSeconds: 60, maxRetries: 3)
            : World.policy
    }

    var description: String {
        switch self {
        case .ada: "Ada"
        case .bob: "Bob"
        case .eve: "Eve"
        }
    }
}
