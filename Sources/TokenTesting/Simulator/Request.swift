import TokenCore

/// What somebody asks of the service, in the simulation's names.
enum Request: Sendable {
    /// Opens family `family`. The version of the password that was typed; nil when a back-end vouches.
    case open(family: Int, subject: Person, passwordVersion: Int?)
    case refresh(TokenName, byOtherClient: Bool)
    /// A well-formed token of the family under a foreign key.
    case forge(family: Int)
    case end(family: Int)
    /// One session of a subject ends another.
    case endOther(family: Int, actingAs: Int)
    case endAll(Authority)
    case changePassword(Guardian, version: Int)
    case setState(Person, Subject.State)
    case sweep

    enum Authority: Sendable {
        case session(Int)
        case token(TokenName)
        case administrator(Person)
    }

    enum Guardian: Sendable {
        case session(Int)
        case administrator(Person)
    }
}

extension Request: CustomStringConvertible {
    var description: String {
        switch self {
        case .open(let family, let person, let version):
            "log in \(person) as F\(family)" + (version.map { " with password \($0)" } ?? "")
        case .refresh(let token, let byOther): "refresh \(token)" + (byOther ? " as another client" : "")
        case .forge(let family): "refresh a forged token of F\(family)"
        case .end(let family): "log out F\(family)"
        case .endOther(let family, let acting): "end F\(family) as F\(acting)"
        case .endAll(let authority): "log out everywhere \(authority)"
        case .changePassword(let authority, let version): "change password \(version) \(authority)"
        case .setState(let person, let state): "make \(person) \(state.rawValue)"
        case .sweep: "sweep"
        }
    }
}

extension Request.Authority: CustomStringConvertible {
    var description: String {
        switch self {
        case .session(let family): "as F\(family)"
        case .token(let token): "with \(token)"
        case .administrator(let person): "as administrator of \(person)"
        }
    }
}

extension Request.Guardian: CustomStringConvertible {
    var description: String {
        switch self {
        case .session(let family): "as F\(family)"
        case .administrator(let person): "as administrator of \(person)"
        }
    }
}
