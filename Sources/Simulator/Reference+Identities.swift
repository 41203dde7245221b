import TokenCore

extension Reference {
    mutating func signIn(_ id: Int, _ person: Person, _ attempt: Int, at now: Timestamp, branch: Int) -> Reply {
        guard usedAttempts.insert(attempt).inserted else { return .used }
        if identities.contains(person) {
            guard let account = accounts[person], account.isRegistered, !account.isDisabled else {
                count(.loginFailed)
                return .notOpened
            }
        } else {
            guard person.isFederated else {
                count(.loginFailed)
                return .notOpened
            }
            identities.insert(person)
            accounts[person]?.exists = true
            count(.userCreated)
        }
        return .token(addSession(id, of: person, isFederated: true, at: now, branch: branch))
    }

    mutating func link(_ person: Person) -> Reply {
        guard person != .eve, accounts[person]?.isRegistered == true else { return .notFound }
        if identities.insert(person).inserted { count(.identityLinked) }
        return .done
    }

    mutating func unlink(_ person: Person) -> Reply {
        guard identities.contains(person), let account = accounts[person] else { return .notFound }
        if person.isFederated {
            if account.isRegistered { return .lastWay }
            // The person comes back as another subject.
            accounts[person] = Account(exists: false, incarnation: account.incarnation + 1)
        }
        identities.remove(person)
        count(.identityUnlinked)
        return .done
    }

    mutating func upstreamLogout(_ person: Person, at now: Timestamp) -> Reply {
        let ended = openSessions(of: person).filter { id in
            sessions[id].map { $0.isFederated && $0.createdAt < now } ?? false
        }
        for id in ended {
            setEnding(of: id, to: .operation)
            count(.upstreamLogout)
        }
        return .endedAll(ended.count)
    }
}
