/// One event of a run. The seed determines the list of all steps before the run begins. A step that does not apply in
/// the present state has no effect, so any part of a list is a run too.
package enum Step: Hashable, Sendable {
    case logIn(Int, oldPassword: Bool)
    /// A device presents the token that it has stored.
    case refresh(Int, answer: Delivery)
    /// Tabs of a device wake up together and each present its token.
    case wakeTabs(Int, count: Int)
    /// A late answer arrives. With `again` it will arrive another time too.
    case deliver(Int, index: Int, again: Bool)
    /// The app is killed: late answers are lost, the stored token is kept.
    case killApp(Int)
    /// A thief copies the token that a device has stored.
    case steal(Int, slot: Int)
    /// A thief presents its copy. With `follow` it keeps the successor.
    case replay(slot: Int, follow: Bool)
    /// A thief presents its copy with proofs by the device's key: a copy of the device.
    case replayWithKey(slot: Int, follow: Bool)
    /// A thief presents its copy with a proof by a key of its own.
    case replayWithOwnKey(slot: Int)
    /// A device's last proof is presented once more, with its newest token.
    case replayProof(Int)
    /// The bytes of a refresh by a device with a key arrive twice.
    case sendTwice(Int)
    /// Ends a session as another one, with a proof that was made for another access token.
    case actWithForeignProof(Int, by: Int)
    /// Any token that was made in the run is presented, such as from an old phone.
    case replayOld(Int)
    case forge(Int)
    case presentAsOtherClient(Int)
    case logOut(Int)
    case endOther(Int, by: Int)
    case logOutAll(Int, byToken: Bool)
    case administratorEndsAll(Int)
    case changePassword(Int)
    case administratorChangesPassword(Int)
    case setState(Int, disabled: Bool)
    case deleteUser(Int)
    /// A device signs in at the provider.
    case signIn(Int)
    /// Both devices of a person sign in at the provider at once, each at another node.
    case signInOnTwoNodes(Int)
    /// An attempt to sign in is presented again.
    case replayAttempt(Int)
    case linkIdentity(Int)
    case unlinkIdentity(Int)
    /// The provider reports that a person has logged out.
    case upstreamLogout(Int)
    case jump(milliseconds: Int)
    case sweep
    case crash(CrashPoint, after: Int)
    case restart
    /// A restart with a new master key; tokens made with earlier keys stay valid.
    case replaceMasterKey
    case backup
    case restore
    /// Steps whose requests share one transaction, in their order.
    case together([Step])

    /// What happens to the answer to a refresh.
    package enum Delivery: String, Hashable, Sendable, CaseIterable { case arrives, lost, late }
}

extension Step: CustomStringConvertible {
    package var description: String {
        switch self {
        case .logIn(let device, let old):
            "\(SimulatedDevice.name(device)) logs in" + (old ? " with an old password" : "")
        case .refresh(let device, let answer): "\(SimulatedDevice.name(device)) refreshes, the answer \(answer.phrase)"
        case .wakeTabs(let device, let count): "\(count) tabs of \(SimulatedDevice.name(device)) refresh at once"
        case .deliver(let device, _, let again):
            "a late answer reaches \(SimulatedDevice.name(device))" + (again ? ", and will again" : "")
        case .killApp(let device): "the app on \(SimulatedDevice.name(device)) is killed"
        case .steal(let device, let slot): "thief \(slot) copies the token of \(SimulatedDevice.name(device))"
        case .replay(let slot, let follow): "thief \(slot) presents its token" + (follow ? " and goes on" : "")
        case .replayWithKey(let slot, let follow):
            "thief \(slot) presents its token with the device's key" + (follow ? " and goes on" : "")
        case .replayWithOwnKey(let slot): "thief \(slot) presents its token with a key of its own"
        case .replayProof(let device): "the last proof of \(SimulatedDevice.name(device)) is presented again"
        case .sendTwice(let device): "the refresh of \(SimulatedDevice.name(device)) arrives twice"
        case .actWithForeignProof(let device, let by):
            "\(SimulatedDevice.name(by)) ends the session of \(SimulatedDevice.name(device)), with a proof for another "
                + "access token"
        case .replayOld: "an old token is presented"
        case .forge(let device): "a forged token of \(SimulatedDevice.name(device)) is presented"
        case .presentAsOtherClient(let device): "another client presents the token of \(SimulatedDevice.name(device))"
        case .logOut(let device): "\(SimulatedDevice.name(device)) logs out"
        case .endOther(let device, let by):
            "\(SimulatedDevice.name(by)) ends the session of \(SimulatedDevice.name(device))"
        case .logOutAll(let device, let byToken):
            "\(SimulatedDevice.name(device)) logs out everywhere, by " + (byToken ? "refresh token" : "session")
        case .administratorEndsAll(let person): "an administrator ends all of \(Person.of(person))'s sessions"
        case .changePassword(let device): "\(SimulatedDevice.name(device)) changes the password"
        case .administratorChangesPassword(let person): "an administrator sets \(Person.of(person))'s password"
        case .setState(let person, let disabled):
            "an administrator \(disabled ? "disables" : "enables") \(Person.of(person))"
        case .deleteUser(let person): "an administrator deletes \(Person.of(person))"
        case .signIn(let device): "\(SimulatedDevice.name(device)) signs in at the provider"
        case .signInOnTwoNodes(let person): "both devices of \(Person.of(person)) sign in at the provider, on two nodes"
        case .replayAttempt: "an attempt to sign in is presented again"
        case .linkIdentity(let person): "an administrator links \(Person.of(person))'s identity"
        case .unlinkIdentity(let person): "an administrator unlinks \(Person.of(person))'s identity"
        case .upstreamLogout(let person): "\(Person.of(person)) logs out at the provider"
        case .jump(let milliseconds): "the clock goes \(milliseconds < 0 ? "back" : "forward") \(abs(milliseconds)) ms"
        case .sweep: "the sweeper runs"
        case .crash(let point, let after): "the process will crash \(point.rawValue) transaction \(after + 1) from now"
        case .restart: "the process is restarted"
        case .replaceMasterKey: "the process is restarted with a new master key"
        case .backup: "a backup is taken"
        case .restore: "the backup is restored"
        case .together(let steps): "in one transaction: " + steps.map(\.description).joined(separator: "; ")
        }
    }
}

extension Step.Delivery {
    fileprivate var phrase: String {
        switch self {
        case .arrives: "arrives"
        case .lost: "is lost"
        case .late: "is late"
        }
    }
}
