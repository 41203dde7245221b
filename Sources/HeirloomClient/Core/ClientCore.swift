/// What a ``HeirloomClient`` does, as a state machine without I/O: it takes events and returns actions. It has no
/// access to a clock, the store or the network, so a simulation can drive it too.
///
/// The holder of the store's lock calls ``begin(_:at:)``, performs the returned action, passes its result to
/// ``resume(_:at:)``, and so on until an action is ``Action/finish(_:)``. All rules for clients in `docs/rotation.md`
/// are kept here:
///
/// - The successor is stored before it is used, and the parent is kept until then.
/// - A presentation is recorded in the store before it is sent. So the next process knows of it after a kill, and a
///   store that cannot write loses no token: nothing is presented then.
/// - An answer without a verdict changes nothing but the count of presentations.
/// - Only an answer with the action `login` ends the session.
package struct ClientCore: Sendable {
    /// What a caller wants.
    package enum Operation: Sendable {
        /// An access token that is fresh and is not the given one.
        case refresh(replacing: String?)
        case login(LoginForm)
        case logout
        /// Removes the session from the store if it is this one; any session if nil.
        case forget(sessionID: String?, SignOutReason)
        /// Reads the store only.
        case look
    }

    /// What the caller of the machine does next.
    package enum Action: Sendable, Equatable {
        case load
        case save([UInt8])
        case remove
        case send(ClientRequest)
        case pause(Duration)
        case finish(Result<Value, HeirloomClientError>)
    }

    /// The result of an action.
    package enum Event: Sendable {
        case loaded([UInt8]?)
        case saved
        case removed
        case storeFailed(SessionStoreError)
        case answered(ClientAnswer)
        case failed(TransportFailure)
        case paused
    }

    /// What an operation returns.
    package enum Value: Sendable, Equatable {
        case token(AccessCredential)
        case session(ClientSession)
        case nothing
    }

    /// An action, and what is reported to listeners before it.
    package struct Step: Sendable, Equatable {
        package var reports: [ClientEvent] = []
        package let action: Action
    }

    /// What a client was made with.
    package struct Settings: Sendable {
        /// The issuer, without a final slash.
        let issuer: String
        let clientID: String
        let bindsSessions: Bool
        let random: @Sendable (Int) -> [UInt8]

        /// - Parameter random: returns as many random bytes as its argument says.
        package init(
            issuer: String, clientID: String, bindsSessions: Bool, random: @escaping @Sendable (Int) -> [UInt8]
        ) {
            self.issuer = issuer.utf8.last == UInt8(ascii: "/") ? String(issuer.dropLast()) : issuer
            self.clientID = clientID
            self.bindsSessions = bindsSessions
            self.random = random
        }
    }

    /// What the machine waits for.
    enum State: Sendable {
        case idle
        case loading(Operation)
        /// The successor is saved that could not be saved before.
        case savingAgain
        case pausing(before: Request)
        case probing
        case marking
        case awaiting(Request)
        /// The successor is saved.
        case storing(StoredSession)
        case storingLogin(StoredSession)
        /// A session that nothing holds any more is logged out.
        case endingAbandoned(Result<Value, HeirloomClientError>)
        case removing(SignOutReason, Result<Value, HeirloomClientError>)
        /// A save whose failure changes nothing.
        case finishing(Result<Value, HeirloomClientError>)
    }

    enum Request: Sendable { case refresh, login, logout }

    /// The state of one operation.
    struct Flight: Sendable {
        var replacing: String?
        var form: LoginForm?
        var newKey: ProofKey?
        /// Requests that were not served.
        var tries = 0
        /// Requests that were sent again at once, with another proof.
        var newProofs = 0
        var hasCorrectedClock = false
        /// The number of presentations in the store.
        var marked = 0
        /// Whether the service has answered since the last lost answer.
        var isReachable = true
        /// `iat` of the last proof.
        var issuedAt: Int?
    }

    let settings: Settings
    var state = State.idle
    var flight = Flight()
    /// The session as it was last loaded or received.
    var session: StoredSession?
    /// A successor that could not be saved, and the token in the store that it follows.
    var unsaved: (parent: String, successor: StoredSession)?
    /// When the access token of ``session`` expires, on the clock that does not jump.
    var deadline: (token: String, uptime: Duration)?
    /// The service has asked to wait until then.
    var notBefore = Duration.zero
    /// The nonce for the next request for tokens. Its nonces are others than those of APIs (RFC 9449 §9).
    var tokenNonce: String?
    /// The nonces of APIs.
    var nonces = Nonces()
    /// The clock of the service when it differs from this device's: its time at an uptime.
    var serverClock: ClientInstant?

    /// A machine that has not read its store.
    package init(_ settings: Settings) { self.settings = settings }

    /// Starts an operation. The previous one has finished, or its process has been killed.
    package mutating func begin(_ operation: Operation, at now: ClientInstant) -> Step {
        flight = Flight()
        state = .loading(operation)
        return Step(action: .load)
    }

    /// Goes on after an action.
    package mutating func resume(_ event: Event, at now: ClientInstant) -> Step {
        switch (state, event) {
        case (.loading(let operation), .loaded(let bytes)): return loaded(bytes, for: operation, at: now)
        case (.loading, .storeFailed(let error)): return finish(.failure(.store(error.description)))
        case (.savingAgain, .saved):
            unsaved = nil
            return decide(at: now)
        case (.savingAgain, .storeFailed(let error)): return storeFailed(error)
        case (.pausing(let request), .paused): return send(request, at: now)
        case (.probing, let event): return probed(event, at: now)
        case (.marking, .saved): return present(at: now)
        case (.marking, .storeFailed(let error)): return storeFailed(error)
        case (.awaiting(let request), .answered(let answer)): return answered(answer, to: request, at: now)
        case (.awaiting(let request), .failed(let failure)): return unanswered(failure, request, at: now)
        case (.storing(let successor), let event): return stored(successor, event, at: now)
        case (.storingLogin(let new), let event): return storedLogin(new, event, at: now)
        case (.endingAbandoned(let result), _): return finish(result)
        case (.removing(let reason, let result), let event): return removed(reason, result, event)
        case (.finishing(let result), _): return finish(result)
        default: preconditionFailure("the event is not the result of the last action")
        }
    }

    mutating func finish(_ result: Result<Value, HeirloomClientError>, reporting reports: [ClientEvent] = []) -> Step {
        state = .idle
        return Step(reports: reports, action: .finish(result))
    }

    mutating func perform(_ action: Action, _ next: State, reporting reports: [ClientEvent] = []) -> Step {
        state = next
        return Step(reports: reports, action: action)
    }
}
