import TokenTesting

/// The steps of a run, made from its seed.
struct Scenario {
    private var generator: SeededGenerator
    /// The probability of each kind of step in this run. Runs leave some kinds out and prefer others. This reaches
    /// states that need many steps of one kind.
    private var weights: [(kind: Kind, weight: Int)]
    /// The person that most steps of the current batch concern.
    private var focus: Int?

    private enum Kind: CaseIterable {
        case logIn, refresh, wakeTabs, deliver, killApp, steal, replay, replayOld, forge, otherClient
        case replayWithKey, replayWithOwnKey, replayProof, sendTwice, actWithForeignProof
        case logOut, endOther, logOutAll, administratorEndsAll, changePassword, administratorChangesPassword
        case setState, deleteUser, jump, sweep, crash, restart, replaceMasterKey, backup, restore, together

        var isInEveryRun: Bool { self == .logIn || self == .refresh || self == .jump }

        var weight: Int {
            switch self {
            case .refresh: 30
            case .logIn: 14
            case .jump: 14
            case .together: 12
            case .replay, .wakeTabs, .deliver, .steal, .crash: 8
            case .replayWithKey, .sendTwice: 5
            case .replayOld, .sweep, .killApp, .restart, .backup, .restore: 4
            case .forge, .otherClient, .logOut, .endOther: 3
            case .setState, .changePassword: 3
            case .deleteUser: 1
            default: 2
            }
        }
    }

    /// Kinds whose requests may share a transaction. A kind that is listed several times is more probable.
    private static let batchKinds: [Kind] = [
        .logIn, .refresh, .refresh, .refresh, .replay, .replayWithKey, .replayOld, .logOut, .endOther, .logOutAll,
        .administratorEndsAll,
        .changePassword, .administratorChangesPassword, .setState, .setState, .deleteUser, .sweep,
    ]

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        weights = Kind.allCases.map { kind in
            let factor = [0, 1, 1, 2, 4][Int.random(in: 0..<5, using: &generator)]
            return (kind, kind.weight * (kind.isInEveryRun ? 1 : factor))
        }
        self.generator = generator
    }

    mutating func steps(_ count: Int) -> [Step] {
        [.logIn(0, oldPassword: false), .logIn(1, oldPassword: false)] + (2..<count).map { _ in step(nextKind()) }
    }

    private mutating func nextKind() -> Kind {
        var ticket = number(below: weights.reduce(0) { $0 + $1.weight })
        for (kind, weight) in weights {
            ticket -= weight
            if ticket < 0 { return kind }
        }
        return .refresh
    }

    private mutating func step(_ kind: Kind) -> Step {
        switch kind {
        case .logIn: .logIn(device(), oldPassword: generator.chance(10))
        case .refresh: .refresh(device(), answer: pick([.arrives, .arrives, .arrives, .lost, .late]))
        case .wakeTabs: .wakeTabs(device(), count: 2 + number(below: 3))
        case .deliver: .deliver(device(), index: number(below: 4), again: generator.chance(30))
        case .killApp: .killApp(device())
        case .steal: .steal(device(), slot: number(below: 3))
        case .replay: .replay(slot: number(below: 3), follow: generator.chance(70))
        case .replayWithKey: .replayWithKey(slot: number(below: 3), follow: generator.chance(70))
        case .replayWithOwnKey: .replayWithOwnKey(slot: number(below: 3))
        case .replayProof: .replayProof(device())
        case .sendTwice: .sendTwice(device())
        case .actWithForeignProof: .actWithForeignProof(device(), by: device())
        case .replayOld: .replayOld(number(below: 1000))
        case .forge: .forge(device())
        case .otherClient: .presentAsOtherClient(device())
        case .logOut: .logOut(device())
        case .endOther: .endOther(device(), by: device())
        case .logOutAll: .logOutAll(device(), byToken: generator.chance(50))
        case .administratorEndsAll: .administratorEndsAll(person())
        case .changePassword: .changePassword(device())
        case .administratorChangesPassword: .administratorChangesPassword(person())
        case .setState: .setState(person(), disabled: generator.chance(40))
        case .deleteUser: .deleteUser(person())
        case .jump: .jump(milliseconds: jump())
        case .sweep: .sweep
        case .crash: .crash(pick(CrashPoint.allCases), after: number(below: 3))
        case .restart: .restart
        case .replaceMasterKey: .replaceMasterKey
        case .backup: .backup
        case .restore: .restore
        case .together: together()
        }
    }

    /// Mostly short jumps, and jumps to the ends of the retry window and of the lifetimes. Milliseconds.
    private mutating func jump() -> Int {
        switch number(below: 100) {
        case 0..<45: number(below: 5000)
        case 45..<60: 50_000 + number(below: 15_000)
        case 60..<65: 60_000
        case 65..<75: 500_000 + number(below: 200_000)
        case 75..<82: 3_500_000 + number(below: 200_000)
        case 82..<86: 10_000_000 + number(below: 1_000_000)
        case 86..<94: -1 - number(below: 5000)
        default: -60_000 - number(below: 4_000_000)
        }
    }

    /// Mostly requests of one person, since only those can conflict.
    private mutating func together() -> Step {
        focus = person()
        defer { focus = nil }
        return .together((0..<2 + number(below: 4)).map { _ in step(pick(Self.batchKinds)) })
    }

    private mutating func device() -> Int { 2 * person() + number(below: 2) }

    /// The first person is the most frequent.
    private mutating func person() -> Int {
        if let focus, generator.chance(85) { return focus }
        return generator.chance(50) ? 0 : number(below: Person.allCases.count)
    }

    private mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }

    private mutating func pick<Element>(_ choices: [Element]) -> Element { choices[number(below: choices.count)] }
}
