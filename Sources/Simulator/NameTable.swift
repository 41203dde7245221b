import TokenCore

/// The sessions, tokens and subjects of the service by their names in the simulation.
struct NameTable: Sendable {
    private(set) var sessions: [Int: SessionID] = [:]
    /// The clients of the sessions.
    private(set) var clients: [Int: ClientID] = [:]
    private(set) var tokens: [TokenName: RefreshToken] = [:]
    private(set) var hashes: [TokenName: TokenHash] = [:]
    /// The subjects of the sessions.
    private(set) var owners: [Int: SubjectID] = [:]
    /// The subjects that have an id for the whole run.
    private(set) var subjects: [Person: SubjectID] = [.eve: SubjectID("eve@elsewhere")]
    private var byText: [String: TokenName] = [:]
    /// Every token, in the order in which the service answered them.
    private(set) var inOrder: [TokenName] = []

    func name(of token: RefreshToken) -> TokenName? { byText[token.plaintext] }

    func isKnown(_ id: SessionID) -> Bool { sessions.values.contains(id) }

    mutating func register(_ token: RefreshToken, as name: TokenName) {
        tokens[name] = token
        hashes[name] = token.hash
        byText[token.plaintext] = name
        inOrder.append(name)
    }

    mutating func register(_ session: Session, as number: Int) {
        sessions[number] = session.id
        clients[number] = session.record.client
        owners[number] = session.record.subject
    }

    mutating func register(_ id: SubjectID, as person: Person) { subjects[person] = id }
}
