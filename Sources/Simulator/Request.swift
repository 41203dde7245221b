import TokenCore

/// A request to the service, in the names of the simulation.
enum Request: Sendable {
    /// `passwordVersion` is the version of the password that was entered; nil for an outside subject.
    case open(session: Int, subject: Person, passwordVersion: Int?, SimulatedProof?)
    case refresh(TokenName, byOtherClient: Bool, SimulatedProof?)
    /// Presents a token of the session that was made with a foreign key.
    case forge(session: Int)
    case end(session: Int)
    /// A session ends another one.
    case endOther(session: Int, actingAs: Int, SimulatedProof?)
    case endAll(EndAllRequester)
    case changePassword(PasswordRequester, version: Int)
    case setState(Person, SubjectRecord.State)
    case sweep

    enum EndAllRequester: Sendable {
        case session(Int)
        case token(TokenName, SimulatedProof?)
        case administrator(Person)
    }

    enum PasswordRequester: Sendable {
        case session(Int)
        case administrator(Person)
    }
}

extension Request: CustomStringConvertible {
    var description: String {
        switch self {
        case .open(let session, let person, let version, _):
            "log in \(person) as S\(session)" + (version.map { " with password \($0)" } ?? "")
        case .refresh(let token, let byOther, let proof):
            "refresh \(token)" + (byOther ? " as another client" : "") + (proof.map { " with \($0)" } ?? "")
        case .forge(let session): "refresh a forged token of S\(session)"
        case .end(let session): "log out S\(session)"
        case .endOther(let session, let acting, let proof):
            "end S\(session) as S\(acting)" + (proof.map { " with \($0)" } ?? "")
        case .endAll(let requester): "log out everywhere \(requester)"
        case .changePassword(let requester, let version): "change password \(version) \(requester)"
        case .setState(let person, let state): "set \(person) to \(state.rawValue)"
        case .sweep: "sweep"
        }
    }
}

extension Request.EndAllRequester: CustomStringConvertible {
    var description: String {
        switch self {
        case .session(let session): "as S\(session)"
        case .token(let token, _): "with \(token)"
        case .administrator(let person): "as administrator of \(person)"
        }
    }
}

extension Request.PasswordRequester: CustomStringConvertible {
    var description: String {
        switch self {
        case .session(let session): "as S\(session)"
        case .administrator(let person): "as administrator of \(person)"
        }
    }
}
