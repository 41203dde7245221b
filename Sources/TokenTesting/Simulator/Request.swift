import TokenCore

/// What somebody asks of the service, in the simulation's names.
enum Request: Sendable {
    /// Opens family `session`. The version of the password that was typed; nil when a back-end vouches.
    case open(session: Int, subject: Person, passwordVersion: Int?)
    case refresh(TokenName, byOtherClient: Bool)
    /// A well-formed token of the family under a foreign key.
    case forge(session: Int)
    case end(session: Int)
    /// One session of a subject ends another.
    case endOther(session: Int, actingAs: Int)
    case endAll(Requester)
    case changePassword(Guardian, version: Int)
    case setState(Person, SubjectRecord.State)
    case sweep

    enum Requester: Sendable {
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
        case .open(let session, let person, let version):
            "log in \(person) as F\(session)" + (version.map { " with password \($0)" } ?? "")
        case .refresh(let token, let byOther): "refresh \(token)" + (byOther ? " as another client" : "")
        case .forge(let session): "refresh a forged token of F\(session)"
        case .end(let session): "log out F\(session)"
        case .endOther(let session, let acting): "end F\(session) as F\(acting)"
        case .endAll(let requester): "log out everywhere \(requester)"
        case .changePassword(let requester, let version): "change password \(version) \(requester)"
        case .setState(let person, let state): "make \(person) \(state.rawValue)"
        case .sweep: "sweep"
        }
    }
}

extension Request.Requester: CustomStringConvertible {
    var description: String {
        switch self {
        case .session(let session): "as F\(session)"
        case .token(let token): "with \(token)"
        case .administrator(let person): "as administrator of \(person)"
        }
    }
}

extension Request.Guardian: CustomStringConvertible {
    var description: String {
        switch self {
        case .session(let session): "as F\(session)"
        case .administrator(let person): "as administrator of \(person)"
        }
    }
}
