import TokenCore

/// A run under way: the service, those who use and abuse it, and the reference that it is held against.
final class World {
    static let policy = RotationPolicy(
        idleLifetimeSeconds: 3600, absoluteLifetimeSeconds: 10_800, retryWindowSeconds: 60, maxRetries: 3)
    static let accessTokenLifetimeSeconds = 600

    let disk: any SimulatedDisk
    let mutation: Mutation?
    let clock = SimulatedClock(Timestamp(seconds: 1_800_000_000))
    let entropy: Entropy

    var server: SimulatedServer
     RowKeys=var keys = RowKeys= Names()
    var reference = Reference(policy: World.policy)
    var promises = Promises(policy: World.policy)
    var history = History()
    var devices = (0..<Holder.count).map(Holder.init(index:))
    var stolen: [Int: TokenName] = [:]
    /// Families that others than their own device have had a hand in.
    var meddledWith: Set<Int> = []
    var opened = 0
    var branch = 0
    var backup: Reference?
    private var ring = MasterKeyRing(current: .simulated(0))

    init(seed: UInt64, disk: any SimulatedDisk, mutation: Mutation?) async throws {
        self.disk = disk
        self.mutation = mutation
        entropy = .seeded(seed)
        server = SimulatedServer(
            store: CrashingStore(try disk.open(), on: disk), ring: ring, clock: clock, entropy: entropy,
            mutation: mutation)
        for person in Person.allCases where person.isUser {
            let account = SubjectRecord.Account(
                username: "\(person)", usernameKey: "\(person)", password: PasswordHash(phc: "old"))
            guard case .created(let user) = try await server.lane.submit(CreateUser(account: account, entropy: entropy))
            else { throw Violation("\(person) could not be created") }
            names.learn(user.id, as: person)
        }
    }

    var now: Timestamp { clock.now }

    func take(_ step: Step) async throws {
        history.began(step, at: now)
        switch step {
        case .jump(let milliseconds):
            clock.jump(milliseconds: milliseconds)
            if milliseconds < 0 { promises.clockWentBack(over: reference.sessions.keys) }
        case .deliver(let device, let index, let again): deliver(to: device, index, again: again)
        case .killApp(let device): devices[device].mailbox = []
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
        case .wakeTabs: try await exchange(errands(for: step), server.store.isArmed ? .together : .apart)
        case .together: try await exchange(errands(for: step), .together)
        default: try await exchange(errands(for: step), .single)
        }
        try await audit()
    }

    func start() throws {
        server = SimulatedServer(
            store: CrashingStore(try disk.open(), on: disk), ring: ring, clock: clock, entropy: entropy,
            mutation: mutation)
    }

    private func restore() throws {
        guard let backup else { return }
        try disk.close()
        try disk.restore()
        try start()
        let known = Set(reference.sessions.keys).union(backup.sessions.keys)
        promises.backupRestored(over: known)
        meddledWith.formUnion(0...opened)
        reference = backup
        branch += 1
    }

    private func deliver(to device: Int, _ index: Int, again: Bool) {
        let mailbox = devices[device].mailbox
        guard !mailbox.isEmpty else { return }
        let answer = mailbox[index % mailbox.count]
        if !again { devices[device].mailbox.remove(at: index % mailbox.count) }
        devices[device].receive(answer)
        history.noted("\(answer.asked) → \(answer.reply)")
    }
}
