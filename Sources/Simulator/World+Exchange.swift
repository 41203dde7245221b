import SessionEngine
import TokenCore
import TokenTesting

extension World {
    /// How several requests run.
    enum Scheduling {
        case single
        /// In one transaction, in their order.
        case together
        /// In parallel. The requests are equal, so their order makes no difference.
        case parallel
        /// In parallel, each at another node. Their order makes no difference.
        case onTwoNodes
    }

    /// Sends requests and compares the answers with those of the reference model.
    func exchange(_ requests: [PendingRequest], _ scheduling: Scheduling) async throws {
        guard !requests.isEmpty else { return }
        let before = reference
        let expected = requests.map { reference.reply(to: $0.request, at: now, branch: branch) }
        reference.finishTransaction(at: now)
        let commits = server.store.commits
        let answers: [SimulatedServer.Answer]
        switch scheduling {
        case .single: answers = await [server.send(requests[0].request, names)]
        case .together: answers = await sendTogether(requests)
        case .parallel: answers = await sendParallel(requests)
        case .onTwoNodes: answers = await sendParallel(requests, to: [server, server.otherNode])
        }
        if let point = server.store.crashed {
            if server.store.commits == commits { reference = before }
            try await restart(afterCrashAt: point)
            for (request, answer) in zip(requests, answers) {
                guard case .plain(.unavailable) = answer else {
                    throw Violation("\(request.request) was answered after the crash")
                }
                history.add("\(request.request) → no answer")
            }
            return
        }
        var replies = zip(answers, expected).map { name($0, expecting: scheduling == .parallel ? expected[0] : $1) }
        if scheduling == .parallel { replies = matched(replies, to: expected) }
        for (request, (reply, expected)) in zip(requests, zip(replies, expected)) {
            history.add("\(request.request) → \(reply)")
            guard reply == expected else {
                throw Violation("\(request.request): the answer was “\(reply)” instead of “\(expected)”")
            }
            try answerChecker.check(reply, to: request.request, at: now)
            try deliver(reply, to: request.sender)
        }
    }

    /// Holds the lane up until all requests have queued.
    private func sendTogether(_ requests: [PendingRequest]) async -> [SimulatedServer.Answer] {
        let (server, names) = (server, names)
        server.store.hold()
        let first = Task { try? await server.lane.submit(WriteProbe()) }
        while !server.store.isHolding { await Task.yield() }
        var tasks: [Task<SimulatedServer.Answer, Never>] = []
        for request in requests {
            tasks.append(Task { await server.send(request.request, names) })
            while server.lane.depth < tasks.count { await Task.yield() }
        }
        server.store.release()
        await first.value
        var answers: [SimulatedServer.Answer] = []
        for task in tasks { answers.append(await task.value) }
        return answers
    }

    private func sendParallel(
        _ requests: [PendingRequest], to nodes: [SimulatedServer]? = nil
    ) async -> [SimulatedServer.Answer] {
        let (nodes, names) = (nodes ?? [server], names)
        let tasks = requests.enumerated().map { index, request in
            Task { await nodes[index % nodes.count].send(request.request, names) }
        }
        var answers: [SimulatedServer.Answer] = []
        for task in tasks { answers.append(await task.value) }
        return answers
    }

    private func name(_ answer: SimulatedServer.Answer, expecting expected: Reply) -> Reply {
        switch answer {
        case .plain(let reply): return reply
        case .tokens(let token, let session):
            if let known = names.name(of: token) { return .token(known) }
            guard case .token(let name) = expected, names.tokens[name] == nil else { return .unexpectedToken }
            names.register(token, as: name)
            if name.depth == 0 { names.register(session, as: name.session) }
            return .token(name)
        }
    }

    /// Puts replies into the order of the equal ones that are expected.
    private func matched(_ replies: [Reply], to expected: [Reply]) -> [Reply] {
        var rest = replies
        let equal = expected.map { reply in rest.firstIndex(of: reply).map { rest.remove(at: $0) } }
        return equal.map { $0 ?? rest.removeFirst() }
    }

    private func deliver(_ reply: Reply, to sender: PendingRequest.Sender) throws {
        switch sender {
        case .stateless: break
        case .thief(let slot, let keepsSuccessor):
            if keepsSuccessor, case .token(let successor) = reply { stolen[slot] = successor }
        case .device(let index, nil, _, _):
            if case .token(let token) = reply, let session = reference.sessions[token.session] {
                devices[index].signIn(
                    with: token, expiresAt: session.expiresAt, isBound: session.key != nil, at: now)
            }
        case .device(let index, .some(let presented), let delivery, let followsClientRules):
            if case .refused(let reason) = reply, reason != .proof, followsClientRules, !mayBeRefused(presented.session)
            {
                throw Violation("\(SimulatedDevice.name(index)) followed the client rules, but was signed out")
            }
            let answer = SimulatedDevice.Answer(presented: presented, reply: reply)
            switch delivery {
            case .arrives: devices[index].receive(answer)
            case .late: devices[index].lateAnswers.append(answer)
            case .lost: break
            }
        }
    }

    private func mayBeRefused(_ id: Int) -> Bool {
        guard let session = reference.sessions[id] else { return true }
        return session.ending == .operation || misusedSessions.contains(id)
    }

    private func restart(afterCrashAt point: CrashPoint) async throws {
        history.add("the process crashes \(point.rawValue) the transaction and is restarted")
        try disk.crash(losingLast: point == .torn || mutation == .answeredBeforeDurable)
        try start()
        try await nameUnansweredSessions()
    }

    /// Names the sessions that were opened by a committed login without an answer.
    private func nameUnansweredSessions() async throws {
        for person in Person.allCases {
            guard let subject = try await server.subject(of: person, names) else { continue }
            let nameless = reference.openSessions(of: person).filter { names.sessions[$0] == nil }.sorted()
            let found = try await server.store.openSessions(of: subject, limit: 1000)
                .filter { !names.isKnown($0.id) }
            // A session that the provider's logout ends is not exchanged for another one.
            for isFederated in [false, true] {
                let nameless = nameless.filter { reference.sessions[$0]?.isFederated == isFederated }
                let found = found.filter { ($0.record.authenticationMethods == ["fed"]) == isFederated }
                for (id, session) in zip(nameless, found) { names.register(session, as: id) }
            }
        }
    }
}
