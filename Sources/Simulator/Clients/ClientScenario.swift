import TokenTesting

/// The steps of a run of ``ClientSimulation``, made from its seed.
struct ClientScenario {
    private enum Kind: CaseIterable {
        case want, advance, finish, kill, pass, jump, fillDisk, deliverLostRequest, endSessions,
            crashService, restart

        var weight: Int {
            switch self {
            case .advance: 40
            case .want: 24
            case .finish: 10
            case .pass: 14
            case .kill: 8
            case .fillDisk, .jump: 3
            case .deliverLostRequest, .crashService: 3
            case .endSessions, .restart: 1
            }
        }
    }

    private var generator: SeededGenerator
    /// The probability of each kind of step and of each fate in this run. Runs leave some out and prefer others.
    private var weights: [(kind: Kind, weight: Int)] = []
    private var fates: [ClientStep.Fate] = [.delivered]

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        weights = Kind.allCases.map { kind in
            let isInEveryRun = kind == .want || kind == .advance || kind == .finish
            return (kind, kind.weight * (isInEveryRun ? 1 : [0, 1, 1, 2, 4][number(below: 5)]))
        }
        for fate in ClientStep.Fate.allCases {
            fates += Array(repeating: fate, count: [0, 0, 1, 3][number(below: 4)])
        }
    }

    mutating func steps(_ count: Int) -> [ClientStep] {
        let logins = (0..<ClientWorld.deviceCount).flatMap { device in
            [ClientStep.want(process: 2 * device, .login), .finish(process: 2 * device)]
        }
        return logins + (logins.count..<count).map { _ in step() }
    }

    private mutating func step() -> ClientStep {
        var ticket = number(below: weights.reduce(0) { $0 + $1.weight })
        var kind = Kind.advance
        for (candidate, weight) in weights {
            ticket -= weight
            if ticket < 0 {
                kind = candidate
                break
            }
        }
        return switch kind {
        case .want: .want(process: process(), wish())
        case .advance: .advance(process: process(), fates[number(below: fates.count)])
        case .finish: .finish(process: process())
        case .kill: .kill(process: process())
        case .pass: .pass(seconds: seconds())
        case .jump: .jump(device: process() / 2, seconds: jump())
        case .fillDisk: .fillDisk(device: process() / 2, generator.chance(40))
        case .deliverLostRequest: .deliverLostRequest(number(below: 8))
        case .endSessions: .endSessions(device: process() / 2)
        case .crashService:
            .crashService(CrashPoint.allCases[number(below: 4)], after: number(below: 2))
        case .restart: .restartService
        }
    }

    /// The processes of the first device are the most frequent.
    private mutating func process() -> Int {
        generator.chance(60) ? number(below: 2) : number(below: 2 * ClientWorld.deviceCount)
    }

    private mutating func wish() -> ClientStep.Wish {
        switch number(below: 100) {
        case 0..<72: .token
        case 72..<88: .otherToken
        case 88..<97: .login
        default: .logout
        }
    }

    /// Moments within a refresh, the life of an access token, hours, days; together rarely the session's idle lifetime.
    private mutating func seconds() -> Int {
        switch number(below: 100) {
        case 0..<30: number(below: 10)
        case 30..<45: 30 + number(below: 60)
        case 45..<75: 500 + number(below: 300)
        case 75..<88: 3600 * (1 + number(below: 20))
        default: 86_400 * (1 + number(below: 6))
        }
    }

    private mutating func jump() -> Int {
        let size = [3, 50, 70, 3600, 86_400, 40_000_000][number(below: 6)]
        return generator.chance(50) ? size : -size
    }

    private mutating func number(below limit: Int) -> Int {
        Int.random(in: 0..<limit, using: &generator)
    }
}
