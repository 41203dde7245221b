/// What a transaction has to write: the difference between the rows that were loaded and what the commands made of them.
package struct WriteSet: Sendable {
    package var openedSessions: [SessionID: SessionRecord] = [:]
    package var changedSessions: [SessionID: SessionRecord] = [:]
    /// New and changed rows of `refresh_tokens`.
    package var tokens: [SessionID: RefreshTokenRecord] = [:]
    /// New and changed rows of `subjects`.
    package var subjects: [SubjectID: SubjectRecord] = [:]
    package var collectedSessions: [SessionID] = []
    /// New and changed rows of `signing_keys`.
    package var signingKeys: [String: SigningKeyRecord] = [:]
    package var removedSigningKeys: [String] = []
    /// New and changed rows of `clients`.
    package var clients: [ClientID: ClientRecord] = [:]
    package var removedClients: [ClientID] = []
    /// New rows of `client_assertions`: when each may be forgotten.
    package var usedAssertions: [AssertionID: Timestamp] = [:]
    package var events: [EventRecord] = []
    package var revocations: [RevocationRecord] = []
    /// Whether something has to be written though nothing changes.
    package var isWriteProbed = false
    /// How many expired rows of each other table to delete.
    package var collectLimit = 0
}
