/// One event of a run of ``ClientSimulation``. A step that does not apply in the present state has no effect, so any
/// part of a list is a run too.
package enum ClientStep: Hashable, Sendable {
    case want(process: Int, Wish)
    /// A process performs its next action. `fate` says what happens to it if it is a request.
    case advance(process: Int, Fate)
    /// A process performs all its actions, and nothing fails.
    case finish(process: Int)
    /// The process is killed. Its lock is released.
    case kill(process: Int)
    case pass(seconds: Int)
    /// The wall clock of a device jumps.
    case jump(device: Int, seconds: Int)
    case fillDisk(device: Int, Bool)
    /// A request that was lost arrives now.
    case deliverLostRequest(Int)
    /// An administrator ends the sessions of a device's user.
    case endSessions(device: Int)
    case crashService(CrashPoint, after: Int)
    case restartService

    /// What the user of a process wants.
    package enum Wish: String, Hashable, Sendable, CaseIterable {
        case login, token, otherToken, logout
    }

    /// What happens to a request.
    package enum Fate: String, Hashable, Sendable, CaseIterable {
        case delivered, notSent, requestLost, answerLost, deliveredTwice, refusedAsBusy,
            answeredByPortal
    }
}

extension ClientStep: CustomStringConvertible {
    package var description: String {
        switch self {
        case .want(let process, let wish): "process \(process) wants: \(wish.rawValue)"
        case .advance(let process, let fate):
            "process \(process) goes on; a request is \(fate.rawValue)"
        case .finish(let process): "process \(process) goes on to its end"
        case .kill(let process): "process \(process) is killed"
        case .pass(let seconds): "\(seconds) s pass"
        case .jump(let device, let seconds): "the clock of device \(device) jumps by \(seconds) s"
        case .fillDisk(let device, let isFull):
            "the disk of device \(device) is \(isFull ? "" : "no longer ")full"
        case .deliverLostRequest: "a lost request arrives"
        case .endSessions(let device): "an administrator ends the sessions of device \(device)'s user"
        case .crashService(let point, let after):
            "the service will crash \(point.rawValue) transaction \(after + 1) from now"
        case .restartService: "the service is restarted"
        }
    }
}
