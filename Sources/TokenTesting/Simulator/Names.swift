import TokenCore

/// Which real session, token and subject each name of the simulation stands for.
struct Names: Sendable {
    private(set) var sessions: [Int: SessionID] = [:]
    private(set) var tokens: [TokenName: RefreshToken] = [:]
    private(set) var hashes: [TokenName: TokenHash] = [:]
    private(set) var subjects: [Person: SubjectID] = [.eve: SubjectID("eve@elsewhere")]
    private var byText: [String: TokenName] = [:]
    /// Every token in the order in which it became known.
    private(set) var inOrder: [TokenName] = []

    func name(of token: RefreshToken) -> TokenName? { byText[token.plaintext] }

    func isKnown(_ id: SessionID) -> Bool { sessions.values.contains(id) }

    mutating func learn(_ token: RefreshToken, as name: TokenName) {
        tokens[name] = token
        hashes[name] = token.hash
        byText[token.plaintext] = name
        inOrder.append(name)
    }

    mutating func learn(_ id: SessionID, as session: Int) { sessions[session] = id }

    mutating func learn(_ id: SubjectID, as person: Person) { subjects[person] = id }
}
