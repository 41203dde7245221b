import SessionEngine
import TokenCore

/// Finds a subject's live sessions and those that ended in the last days, for the account page.
struct SessionHistory: Sendable {
    let sessions: SessionService

    private static let shownSeconds = 7 * 86_400
    private static let shownEnded = 8
    private static let eventLimit = 500

    /// The caller's session first, then the others with the newest first.
    func views(for own: Session) async throws -> (live: [SessionView], past: [SessionView]) {
        let now = sessions.clock()
        let events = try await sessions.events(of: own.subject.id, limit: SessionHistory.eventLimit)
        let live = try await sessions.sessions(of: own.subject.id)
        let bySession = Dictionary(grouping: events.filter { $0.session != nil }) { $0.session }
        func view(_ session: Session, _ end: SessionEndView? = nil) -> SessionView {
            SessionView(
                session, isCurrent: session.id == own.id, end: end, expiresAt: sessions.expiry(of: session),
                events: bySession[session.id] ?? [], now: now)
        }
        let past = try await ended(among: events, except: Set(live.map(\.id)))
            .map { ($0, SessionEndView(of: $0, expiresAt: sessions.expiry(of: $0), events: events)) }
            .filter { $0.1.at + SessionHistory.shownSeconds > now }
            .sorted { $0.1.at > $1.1.at }
            .prefix(SessionHistory.shownEnded)
        return (
            (live.filter { $0.id == own.id } + live.filter { $0.id != own.id }).map { view($0) },
            past.map { view($0, $1) }
        )
    }

    /// The sessions that events name and that are not live, as far as their rows are not deleted. Without those whose
    /// client was removed: no row says when that was.
    private func ended(among events: [EventRecord], except live: Set<SessionID>) async throws -> [Session] {
        var seen = live
        var ended: [Session] = []
        for id in events.compactMap(\.session) where seen.insert(id).inserted {
            guard ended.count < 4 * SessionHistory.shownEnded else { break }
            if let session = try await sessions.session(id), session.isOfRegisteredClient { ended.append(session) }
        }
        return ended
    }
}
