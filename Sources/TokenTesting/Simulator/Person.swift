import TokenCore

/// Whom the sessions belong to: two users, and one whom a back-end vouches for.
enum Person: Int, Sendable, CaseIterable, CustomStringConvertible {
    case ada, bob, eve

    var isUser: Bool { self != .eve }

    var description: String {
        switch self {
        case .ada: "Ada"
        case .bob: "Bob"
        case .eve: "Eve"
        }
    }
}
