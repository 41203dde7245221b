import TokenCore

/// A person's sessions, those that live and those that ended lately, made ready for a page.
struct SessionHistory: Sendable {
    let sessions: SessionService

    private static let shownSeconds = 7 * 86_400
    private static let shownEnded = 8
    private static let eventLimit = 500

    /// The caller's own first, then the newest.
    func views(for own: Session) async throws -> (live: [SessionView], past: [SessionView]) {
        let now = sessions.clock()
        let idleLifetimeSeconds = sessions.policy.idleLifetimeSeconds
        let events = try await sessions.store.events(of: own.subject.id, limit: SessionHistory.eventLimit)
        let live = try await sessions.sessions(of: own.subject.id)
        let bySession = Dictionary(grouping: events.filter { $0.session != nil }) { $0.session }
        let (mine, others) = (
            live.filter { $0.session.id == own.session.id }, live.filter { $0.session.id != own.session.id }
        )
        let liveViews = (mine + others).map { session in
            SessionView(
                session, isCurrent: session.record.id == own.session.id, events: bySession[session.record.id] ?? [],
                now: now, idleLifetimeSeconds: idleLifetimeSeconds)
        }
        let ended = try await ended(among: events, except: Set(live.map(\.session.id)))
            .map { ($0, SessionEndView(of: $0, events: events, idleLifetimeSeconds: idleLifetimeSeconds)) }
            .filter { $0.1.at + SessionHistory.shownSeconds > now }
            .sorted { $0.1.at > $1.1.at }
        let pastViews = ended.prefix(SessionHistory.shownEnded).map { session, ending in
            SessionView(
                session, ending: ending, events: bySession[session.record.id] ?? [], now: now,
                idleLifetimeSeconds: idleLifetimeSeconds)
        }
        return (liveViews, pastViews)
    }

    /// The sessions that the audit trail speaks of and that live no more. Those the sweeper has collected are gone.
    private func ended(among events: [EventRecord], except live: Set<SessionID>) async throws -> [Session] {
        var seen = live
        var ended: [Session] = []
        for id in events.compactMap(\.session) where seen.insert(id).inserted {
            guard ended.count < 4 * SessionHistory.shownEnded else { break }
            if let session = try await sessions.store.session(id) { ended.append(session) }
        }
        return ended
    }
}
