/// A subject of the simulation: two users and one outside subject.
enum Person: Int, Sendable, CaseIterable, CustomStringConvertible {
    case ada, bob, eve

    /// The person that a number in a step names.
    static func of(_ index: Int) -> Person { Person(rawValue: index % allCases.count) ?? .ada }

    var isUser: Bool { self != .eve }

    var description: String {
        switch self {
        case .ada: "Ada"
        case .bob: "Bob"
        case .eve: "Eve"
        }
    }
}
