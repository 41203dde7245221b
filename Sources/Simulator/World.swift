import SessionEngine
import TokenCore
import TokenTesting

/// The state of a run: the service, its users and thieves, and the reference model that answers are compared with.
final class World {
    /// The service's. Ada's client has limits of its own: ``Person/policy``.
    static let policy = RotationPolicy(
        idleLifetimeSeconds: 7200, absoluteLifetimeSeconds: 14_400, retryWindowSeconds: 30, maxRetries: 3)
    static let accessTokenLifetimeSeconds = 600
    /// When each run begins.
    static let start = Timestamp(seconds: 1_800_000_000)

    let disk: any SimulatedDisk
    let mutation: Mutation?
    let clock = TestClock(at: World.start)
    let entropy: Entropy

    var server: SimulatedServer
    var names = NameTable()
    var reference = Reference()
    var answerChecker = AnswerChecker()
    var history = History()
    var devices = (0..<SimulatedDevice.count).map(SimulatedDevice.init(index:))
    var stolen: [Int: TokenName] = [:]
    /// Sessions that a reuse or a rollback may end: a token was presented by another party than the device or against
    /// the client rules, or a backup was restored.
    var misusedSessions: Set<Int> = []
    /// The keys by their numbers.
    let keys: [Int: SimulatedKey]
    /// The number of proofs so far.
    var proofs = 0
    /// The last proof that each device has sent with a refresh token.
    var sentProofs: [Int: SimulatedProof] = [:]
    /// The number of logins so far.
    var opened = 0
    /// Whose each attempt to sign in was.
    var attempts: [Person] = []
    /// The number of logouts at the provider so far.
    var upstreamLogouts = 0
    /// The number of restores so far.
    var branch = 0
    /// The reference model at the time of the backup.
    private var backup: Reference?
    private var ring = MasterKeyRing(current: .simulated(0))

    init(seed: UInt64, disk: any SimulatedDisk, mutation: Mutation?) async throws {
        self.disk = disk
        self.mutation = mutation
        entropy = .seeded(seed)
        let numbers = (0..<SimulatedDevice.count).filter { $0 % 2 == 1 } + [SimulatedKey.thief]
        keys = Dictionary(uniqueKeysWithValues: try numbers.map { ($0, try SimulatedKey(number: $0)) })
        server = SimulatedServer(
            store: CrashingStore(try disk.open(), on: disk), ring: ring, keys: keys, clock: clock, entropy: entropy,
            mutation: mutation)
        let limits = ClientSettings(
            idleLifetime: .seconds(Person.ada.policy.idleLifetimeSeconds),
            absoluteLifetime: .seconds(Person.ada.policy.absoluteLifetimeSeconds),
            retryWindow: .seconds(Person.ada.policy.retryWindowSeconds))
        let client = AddClient(Person.ada.client, secretHash: nil, settings: limits)
        guard case .added = try await server.lane.submit(client) else {
            throw Violation("Ada's client could not be added")
        }
        for person in Person.allCases where person.isUser {
            let account = SubjectRecord.Account(
                username: "\(person)", usernameKey: "\(person)", password: PasswordHash(phc: "old"))
            guard case .created(let user) = try await server.lane.submit(CreateUser(account: account, entropy: entropy))
            else { throw Violation("\(person) could not be created") }
            names.register(user.id, as: person)
        }
    }

    var now: Timestamp { clock.now }

    /// Performs a step and audits the store.
    func perform(_ step: Step) async throws {
        history.add(step, at: now)
        switch step {
        case .jump(let milliseconds):
            clock.advance(milliseconds: milliseconds)
            if milliseconds < 0 { answerChecker.clockWentBack(over: reference.sessions.keys) }
        case .deliver(let device, let index, let again): deliverLateAnswer(to: device, index, again: again)
        case .killApp(let device): devices[device].lateAnswers = []
        case .steal(let device, let slot): stolen[slot] = devices[device].stored ?? stolen[slot]
        case .crash(let point, let after): server.store.arm(point, after: after)
        case .restart:
            try disk.close()
            try start()
        case .replaceMasterKey:
            try disk.close()
            let old = [ring.current] + ring.previous
            ring = MasterKeyRing(current: .simulated(UInt8(old.count % 200)), previous: old)
            try start()
        case .backup:
            try disk.backup()
            backup = reference
        case .restore: try restore()
        case .wakeTabs: try await exchange(requests(for: step), server.store.isArmed ? .together : .parallel)
        case .signInOnTwoNodes:
            try await exchange(requests(for: step), server.store.isArmed ? .together : .onTwoNodes)
        case .together: try await exchange(requests(for: step), .together)
        case .sendTwice(let device) where devices[device].isBound:
            let requests = requests(for: .refresh(device, answer: .arrives))
            // The same bytes again, as a proxy or an HTTP library may send them.
            for request in requests + requests { try await exchange([request], .single) }
        default: try await exchange(requests(for: step), .single)
        }
        try await audit()
    }

    /// Starts a process on what is on the disk.
    func start() throws {
        server = SimulatedServer(
            store: CrashingStore(try disk.open(), on: disk), ring: ring, keys: keys, clock: clock, entropy: entropy,
            mutation: mutation)
    }

    private func restore() throws {
        guard let backup else { return }
        try disk.close()
        try disk.restore()
        try start()
        let known = Set(reference.sessions.keys).union(backup.sessions.keys)
        answerChecker.backupRestored(over: known)
        misusedSessions.formUnion(0...opened)
        reference = backup
        branch += 1
    }

    private func deliverLateAnswer(to device: Int, _ index: Int, again: Bool) {
        let answers = devices[device].lateAnswers
        guard !answers.isEmpty else { return }
        let answer = answers[index % answers.count]
        if !again { devices[device].lateAnswers.remove(at: index % answers.count) }
        devices[device].receive(answer)
        history.add("\(answer.presented) → \(answer.reply)")
    }
}
