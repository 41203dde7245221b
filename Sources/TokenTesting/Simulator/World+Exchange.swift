import TokenCore

extension World {
    enum Manner {
        case single
        /// In one transaction, in the order of the list.
        case together
        /// All at once, in whatever order comes about. They are the same request, so that the order means nothing.
        case apart
    }

    /// Sends requests and holds what is answered against what the reference answers.
    func exchange(_ errands: [Errand], _ manner: Manner) async throws {
        guard !errands.isEmpty else { return }
        let before = reference
        let expected = errands.map { reference.reply(to: $0.request, at: now, branch: branch) }
        reference.finishTransaction(at: now)
        let commits = server.store.commits
        let answers: [SimulatedServer.Answer]
        switch manner {
        case .single: answers = await [server.send(errands[0].request, names)]
        case .together: answers = await sendTogether(errands)
        case .apart: answers = await sendApart(errands)
        }
        if let point = server.store.crashed {
            if server.store.commits == commits { reference = before }
            try await crashed(at: point)
            for (errand, answer) in zip(errands, answers) {
                guard case .plain(.unavailable) = answer else {
                    throw Violation("\(errand.request) was answered by a dead process")
                }
                history.noted("\(errand.request) → no answer")
            }
            return
        }
        var replies = zip(answers, expected).map { name($0, expecting: manner == .apart ? expected[0] : $1) }
        if manner == .apart { replies = matched(replies, to: expected) }
        for (errand, (reply, expected)) in zip(errands, zip(replies, expected)) {
            history.noted("\(errand.request) → \(reply)")
            guard reply == expected else {
                throw Violation("\(errand.request): the answer was “\(reply)”, and should have been “\(expected)”")
            }
            try promises.heard(reply, to: errand.request, at: now)
            try settle(errand, reply)
        }
    }

    /// The gate holds the lane until all have queued up.
    private func sendTogether(_ errands: [Errand]) async -> [SimulatedServer.Answer] {
        let (server, names) = (server, names)
        server.store.hold()
        let first = Task { try? await server.lane.submit(WriteProbe()) }
        while !server.store.isHolding { await Task.yield() }
        var tasks: [Task<SimulatedServer.Answer, Never>] = []
        for errand in errands {
            tasks.append(Task { await server.send(errand.request, names) })
            while server.lane.depth < tasks.count { await Task.yield() }
        }
        server.store.release()
        await first.value
        var answers: [SimulatedServer.Answer] = []
        for task in tasks { answers.append(await task.value) }
        return answers
    }

    private func sendApart(_ errands: [Errand]) async -> [SimulatedServer.Answer] {
        let (server, names) = (server, names)
        let tasks = errands.map { errand in Task { await server.send(errand.request, names) } }
        var answers: [SimulatedServer.Answer] = []
        for task in tasks { answers.append(await task.value) }
        return answers
    }

    private func name(_ answer: SimulatedServer.Answer, expecting expected: Reply) -> Reply {
        switch answer {
        case .plain(let reply): return reply
        case .tokens(let token, let session):
            if let known = names.name(of: token) { return .token(known) }
            guard case .token(let name) = expected, names.tokens[name] == nil else { return .strangeToken }
            names.learn(token, as: name)
            if name.depth == 0 { names.learn(session.record.id, as: name.session) }
            return .token(name)
        }
    }

    /// The replies in the order of those expected, as far as they are the same.
    private func matched(_ replies: [Reply], to expected: [Reply]) -> [Reply] {
        var rest = replies
        let same = expected.map { wanted in rest.firstIndex(of: wanted).map { rest.remove(at: $0) } }
        return same.map { $0 ?? rest.removeFirst() }
    }

    /// Brings the answer to whom it is for.
    private func settle(_ errand: Errand, _ reply: Reply) throws {
        switch errand.sender {
        case .nobody: break
        case .thief(let slot, let follow):
            if follow, case .token(let successor) = reply { stolen[slot] = successor }
        case .device(let index, nil, _, _):
            if case .token(let token) = reply, let session = reference.sessions[token.session] {
                devices[index].signIn(with: token, expiresAt: session.expiresAt, at: now)
            }
        case .device(let index, .some(let asked), let delivery, let obeys):
            if case .refused = reply, obeys, !mayBeRefused(asked.session) {
                throw Violation("\(Holder.name(index)) did all it should, and was signed out")
            }
            let answer = Holder.Answer(asked: asked, reply: reply)
            switch delivery {
            case .arrives: devices[index].receive(answer)
            case .late: devices[index].mailbox.append(answer)
            case .lost: break
            }
        }
    }

    private func mayBeRefused(_ id: Int) -> Bool {
        guard let session = reference.sessions[id] else { return true }
        return session.over == .operation || meddledWith.contains(id)
    }

    private func crashed(at point: CrashPoint) async throws {
        history.noted("the process dies \(point.rawValue) the transaction, and is started again")
        try disk.crash(losingLast: point == .torn || mutation == .answeredBeforeDurable)
        try start()
        try await adopt()
    }

    /// Finds the sessions that were opened without anybody hearing of it.
    private func adopt() async throws {
        for person in Person.allCases {
            guard let subject = keys.subjects[person] else { continue }
            let nameless = reference.ids(of: person).filter { names.sessions[$0] == nil }.sorted()
            let found = try await server.store.sessions(of: subject, limit: 1000).map(\.session.id)
                .filter { !names.isKnown($0) }
            for (id, session) in zip(nameless, found) { names.learn(session, as: id) }
        }
    }
}
