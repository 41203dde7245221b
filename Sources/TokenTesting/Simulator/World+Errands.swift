import TokenCore

extension World {
    /// The requests that a step sends, as things stand; none when it means nothing now.
    func errands(for step: Step) -> [Errand] {
        switch step {
        case .logIn(let index, let oldPassword): logIn(index, oldPassword: oldPassword)
        case .refresh(let index, let delivery): refresh(index, delivery, times: 1)
        case .wakeTabs(let index, let count): refresh(index, .arrives, times: count)
        case .replay(let slot, let follow): replay(slot, follow: follow)
        case .replayOld(let number): replayOld(number)
        case .forge(let index): session(index).map { [Errand(.forge(session: $0))] } ?? []
        case .presentAsOtherClient(let index):
            devices[index].stored.map { [Errand(.refresh($0, byOtherClient: true))] } ?? []
        case .logOut(let index): session(index).map { [Errand(.end(session: $0))] } ?? []
        case .endOther(let index, let by):
            if let session = session(index), let own = self.session(by) {
                [Errand(.endOther(session: session, actingAs: own))]
            } else {
                []
            }
        case .logOutAll(let index, let byToken): logOutAll(index, byToken: byToken)
        case .administratorEndsAll(let person): [Errand(.endAll(.administrator(.of(person))))]
        case .changePassword(let index):
            session(index).map { [Errand(.changePassword(.session($0), version: version(of: devices[index].person)))] }
                ?? []
        case .administratorChangesPassword(let person):
            [Errand(.changePassword(.administrator(.of(person)), version: version(of: .of(person))))]
        case .setState(let person, let disabled): [Errand(.setState(.of(person), disabled ? .disabled : .active))]
        case .deleteUser(let person): [Errand(.setState(.of(person), .deleted))]
        case .sweep: [Errand(.sweep)]
        case .together(let steps): steps.flatMap(errands(for:))
        default: []
        }
    }

    private func session(_ index: Int) -> Int? { devices[index].stored?.session }

    private func version(of person: Person) -> Int { reference.accounts[person]?.passwordVersion ?? 0 }

    private func logIn(_ index: Int, oldPassword: Bool) -> [Errand] {
        let device = devices[index]
        guard device.stored == nil else { return [] }
        opened += 1
        let version = device.person.isUser ? version(of: device.person) - (oldPassword ? 1 : 0) : nil
        return [
            Errand(
                .open(session: opened, subject: device.person, passwordVersion: version),
                from: .device(index, asked: nil, delivery: .arrives, obeys: true))
        ]
    }

    private func refresh(_ index: Int, _ delivery: Step.Delivery, times: Int) -> [Errand] {
        guard let stored = devices[index].stored else { return [] }
        return (0..<times).map { _ in
            let obeys = present(stored, by: index)
            return Errand(
                .refresh(stored, byOtherClient: false),
                from: .device(index, asked: stored, delivery: delivery, obeys: obeys))
        }
    }

    /// - Returns: whether the device keeps to the contract in that. From then on a refusal may be its own fault.
    private func present(_ token: TokenName, by index: Int) -> Bool {
        devices[index].presents(at: now)
        if devices[index].obeys(World.policy, at: now) { return true }
        meddledWith.insert(token.session)
        return false
    }

    private func replay(_ slot: Int, follow: Bool) -> [Errand] {
        guard let token = stolen[slot] else { return [] }
        meddledWith.insert(token.session)
        return [Errand(.refresh(token, byOtherClient: false), from: .thief(slot: slot, follow: follow))]
    }

    private func replayOld(_ number: Int) -> [Errand] {
        guard !names.inOrder.isEmpty else { return [] }
        let token = names.inOrder[number % names.inOrder.count]
        meddledWith.insert(token.session)
        return [Errand(.refresh(token, byOtherClient: false))]
    }

    private func logOutAll(_ index: Int, byToken: Bool) -> [Errand] {
        guard let token = devices[index].stored else { return [] }
        if byToken { _ = present(token, by: index) }
        return [Errand(.endAll(byToken ? .token(token) : .session(token.session)))]
    }
}
