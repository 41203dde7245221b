import TokenCore

/// A subject of the simulation: two users, an outside subject, and a person who comes from a provider.
enum Person: Int, Sendable, CaseIterable, CustomStringConvertible {
    case ada, bob, eve, dora

    /// The person that a number in a step names.
    static func of(_ index: Int) -> Person { Person(rawValue: index % allCases.count) ?? .ada }

    /// Whether the run begins with this user.
    var isUser: Bool { self == .ada || self == .bob }

    /// Whether the first sign-in at the provider creates this user.
    var isFederated: Bool { self == .dora }

    /// What the provider knows the person as.
    var identity: Identity {
        guard let identity = Identity(issuer: "https://op.example", providerSubject: "\(self)") else {
            preconditionFailure("the names are ASCII")
        }
        return identity
    }

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
        case .dora: "Dora"
        }
    }
}
