/// One thing that happens. A run is a list of them, made from the seed before it begins; each means something, or
/// nothing, whatever came before it, so that any part of the list can be run by itself.
package enum Step: Hashable, Sendable {
    case logIn(Int, oldPassword: Bool)
    /// A device presents the token that it has stored.
    case refresh(Int, answer: Delivery)
    /// Tabs of a device wake up together and present its token.
    case wakeTabs(Int, count: Int)
    /// An answer that was late arrives; once more, if it stays on the way.
    case deliver(Int, index: Int, again: Bool)
    /// The app dies: what was on the way to it is lost, what it stored stays.
    case killApp(Int)
    /// A thief copies what a device has stored.
    case steal(Int, slot: Int)
    /// A thief presents what it copied, and keeps the successor or not.
    case replay(slot: Int, follow: Bool)
    /// A token turns up that was made at any time, such as out of an old phone.
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
    case jump(milliseconds: Int)
    case sweep
    case crash(CrashPoint, after: Int)
    case restart
    /// A restart under a new master key; those before it are still honoured.
    case replaceMasterKey
    case backup
    case restore
    /// Requests that share one transaction, in this order.
    case together([Step])

    package enum Delivery: String, Hashable, Sendable, CaseIterable { case arrives, lost, late }
}

extension Step: CustomStringConvertible {
    package var description: String {
        switch self {
        case .logIn(let device, let old): "\(Holder.name(device)) logs in" + (old ? " with an old password" : "")
        case .refresh(let device, let answer): "\(Holder.name(device)) refreshes, the answer \(answer.phrase)"
        case .wakeTabs(let device, let count): "\(count) tabs of \(Holder.name(device)) refresh at once"
        case .deliver(let device, _, let again):
            "a late answer reaches \(Holder.name(device))" + (again ? ", and will again" : "")
        case .killApp(let device): "the app on \(Holder.name(device)) is killed"
        case .steal(let device, let slot): "thief \(slot) copies the token of \(Holder.name(device))"
        case .replay(let slot, let follow): "thief \(slot) presents its token" + (follow ? " and goes on" : "")
        case .replayOld: "an old token turns up"
        case .forge(let device): "somebody forges a token of \(Holder.name(device))"
        case .presentAsOtherClient(let device): "another client presents the token of \(Holder.name(device))"
        case .logOut(let device): "\(Holder.name(device)) logs out"
        case .endOther(let device, let by): "\(Holder.name(by)) ends the session of \(Holder.name(device))"
        case .logOutAll(let device, let byToken):
            "\(Holder.name(device)) logs out everywhere, by " + (byToken ? "refresh token" : "session")
        case .administratorEndsAll(let person): "an administrator ends all of \(Person.of(person))'s sessions"
        case .changePassword(let device): "\(Holder.name(device)) changes the password"
        case .administratorChangesPassword(let person): "an administrator sets \(Person.of(person))'s password"
        case .setState(let person, let disabled):
            "an administrator \(disabled ? "disables" : "enables") \(Person.of(person))"
        case .deleteUser(let person): "an administrator deletes \(Person.of(person))"
        case .jump(let milliseconds): "the clock goes \(milliseconds < 0 ? "back" : "on") \(abs(milliseconds)) ms"
        case .sweep: "the sweeper runs"
        case .crash(let point, let after): "the process will die \(point.rawValue) transaction \(after + 1) from here"
        case .restart: "the process is restarted"
        case .replaceMasterKey: "the process is restarted under a new master key"
        case .backup: "a backup is taken"
        case .restore: "the backup is put back"
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
