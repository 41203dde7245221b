import SessionEngine
import TokenCore
import TokenTesting

extension World {
    /// The requests that a step sends in the present state; none when it does not apply.
    func requests(for step: Step) -> [PendingRequest] {
        switch step {
        case .logIn(let index, let oldPassword): logIn(index, oldPassword: oldPassword)
        case .refresh(let index, let delivery): refresh(index, delivery, times: 1)
        case .wakeTabs(let index, let count): refresh(index, .arrives, times: count)
        case .replay(let slot, let follow): replay(slot, follow: follow, by: .withoutKey)
        case .replayWithKey(let slot, let follow): replay(slot, follow: follow, by: .withKey)
        case .replayWithOwnKey(let slot): replay(slot, follow: false, by: .withOwnKey)
        case .replayProof(let index): replayProof(index)
        case .actWithForeignProof(let index, let by): actWithForeignProof(index, by: by)
        case .replayOld(let number): replayOld(number)
        case .forge(let index): session(index).map { [PendingRequest(.forge(session: $0))] } ?? []
        case .presentAsOtherClient(let index):
            devices[index].stored.map { [PendingRequest(.refresh($0, byOtherClient: true, nil))] } ?? []
        case .logOut(let index): session(index).map { [PendingRequest(.end(session: $0))] } ?? []
        case .endOther(let index, let by):
            if let session = session(index), let own = self.session(by) {
                [PendingRequest(.endOther(session: session, actingAs: own, proof(by: by, accessTokenOf: own)))]
            } else {
                []
            }
        case .logOutAll(let index, let byToken): logOutAll(index, byToken: byToken)
        case .administratorEndsAll(let person): [PendingRequest(.endAll(.administrator(.of(person))))]
        case .changePassword(let index):
            session(index).map {
                [PendingRequest(.changePassword(.session($0), version: version(of: devices[index].person)))]
            }
                ?? []
        case .administratorChangesPassword(let person):
            [PendingRequest(.changePassword(.administrator(.of(person)), version: version(of: .of(person))))]
        case .setState(let person, let disabled):
            [PendingRequest(.setState(.of(person), disabled ? .disabled : .active))]
        case .deleteUser(let person): [PendingRequest(.setState(.of(person), .deleted))]
        case .signIn(let index): signIn(index)
        case .signInOnTwoNodes(let person):
            signIn(2 * Person.of(person).rawValue) + signIn(2 * Person.of(person).rawValue + 1)
        case .replayAttempt(let number): replayAttempt(number)
        case .linkIdentity(let person): [PendingRequest(.link(.of(person)))]
        case .unlinkIdentity(let person): [PendingRequest(.unlink(.of(person)))]
        case .upstreamLogout(let person): upstreamLogout(.of(person))
        case .sweep: [PendingRequest(.sweep)]
        case .together(let steps): steps.flatMap(requests(for:))
        default: []
        }
    }

    private func session(_ index: Int) -> Int? { devices[index].stored?.session }

    private func version(of person: Person) -> Int { reference.accounts[person]?.passwordVersion ?? 0 }

    private func logIn(_ index: Int, oldPassword: Bool) -> [PendingRequest] {
        let device = devices[index]
        if device.person.isFederated { return signIn(index) }
        guard device.stored == nil else { return [] }
        opened += 1
        let version = device.person.isUser ? version(of: device.person) - (oldPassword ? 1 : 0) : nil
        return [
            PendingRequest(
                .open(session: opened, subject: device.person, passwordVersion: version, proof(by: index)),
                from: .device(index, presented: nil, delivery: .arrives, followsClientRules: true))
        ]
    }

    private func signIn(_ index: Int) -> [PendingRequest] {
        let device = devices[index]
        guard device.stored == nil, device.person != .eve else { return [] }
        opened += 1
        attempts.append(device.person)
        return [
            PendingRequest(
                .signIn(session: opened, subject: device.person, attempt: attempts.count - 1),
                from: .device(index, presented: nil, delivery: .arrives, followsClientRules: true))
        ]
    }

    /// After a restore the attempt may not have been used.
    private func replayAttempt(_ number: Int) -> [PendingRequest] {
        guard !attempts.isEmpty else { return [] }
        opened += 1
        let attempt = number % attempts.count
        return [PendingRequest(.signIn(session: opened, subject: attempts[attempt], attempt: attempt))]
    }

    private func upstreamLogout(_ person: Person) -> [PendingRequest] {
        upstreamLogouts += 1
        return [PendingRequest(.upstreamLogout(person, number: upstreamLogouts))]
    }

    private func refresh(_ index: Int, _ delivery: Step.Delivery, times: Int) -> [PendingRequest] {
        guard let stored = devices[index].stored else { return [] }
        return (0..<times).map { _ in
            let proof = proof(by: index)
            sentProofs[index] = proof
            return PendingRequest(
                .refresh(stored, byOtherClient: false, proof),
                from: .device(
                    index, presented: stored, delivery: delivery, followsClientRules: recordAttempt(stored, by: index)))
        }
    }

    /// Records that a device presents a token.
    ///
    /// - Returns: whether the device still follows the client rules. If not, a reuse may end the session.
    @discardableResult
    private func recordAttempt(_ token: TokenName, by index: Int) -> Bool {
        devices[index].recordAttempt(at: now)
        if devices[index].followsClientRules(at: now) { return true }
        misusedSessions.insert(token.session)
        return false
    }

    /// What a thief has besides the token.
    private enum Thief { case withoutKey, withKey, withOwnKey }

    private func replay(_ slot: Int, follow: Bool, by thief: Thief) -> [PendingRequest] {
        guard let token = stolen[slot] else { return [] }
        let proof: SimulatedProof? =
            switch thief {
            case .withoutKey: nil
            case .withKey: proof(of: token.session)
            case .withOwnKey: proofOfThief()
            }
        // Without its key nobody harms a session that is bound to one.
        if reference.sessions[token.session]?.key == nil || thief == .withKey { misusedSessions.insert(token.session) }
        return [
            PendingRequest(
                .refresh(token, byOtherClient: false, proof), from: .thief(slot: slot, keepsSuccessor: follow))
        ]
    }

    /// Somebody who has recorded a request presents its proof with the newest token of the device.
    private func replayProof(_ index: Int) -> [PendingRequest] {
        guard let stored = devices[index].stored, let proof = sentProofs[index] else { return [] }
        misusedSessions.insert(stored.session)
        return [PendingRequest(.refresh(stored, byOtherClient: false, proof))]
    }

    /// A request with an access token and a proof by its key that was made for another access token.
    private func actWithForeignProof(_ index: Int, by: Int) -> [PendingRequest] {
        guard let session = session(index), let own = self.session(by), devices[by].isBound else { return [] }
        return [PendingRequest(.endOther(session: session, actingAs: own, proof(by: by, accessTokenOf: own + 1)))]
    }

    private func replayOld(_ number: Int) -> [PendingRequest] {
        guard !names.inOrder.isEmpty else { return [] }
        let token = names.inOrder[number % names.inOrder.count]
        misusedSessions.insert(token.session)
        return [PendingRequest(.refresh(token, byOtherClient: false, proof(of: token.session)))]
    }

    private func logOutAll(_ index: Int, byToken: Bool) -> [PendingRequest] {
        guard let token = devices[index].stored else { return [] }
        if byToken { recordAttempt(token, by: index) }
        return [PendingRequest(.endAll(byToken ? .token(token, proof(by: index)) : .session(token.session)))]
    }
}
