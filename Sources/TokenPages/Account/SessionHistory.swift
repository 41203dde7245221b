import SessionEngine
import TokenCore

/// Finds a subject's live sessions and those that ended in the last days, for the account page.
struct SessionHistory: Sendable {
    let sessions: SessionService

    private static let shownSeconds = 7 * 86_400
    private static let recentSeconds = 86_400
    private static let shownEnded = 8
    private static let shownOthers = 49
    private static let eventLimit = 500

    /// One page of the sessions.
    struct Page {
        let current: SessionView?
        /// The other live sessions of this page, the newest first.
        let others: [SessionView]
        /// Ended by a reuse in the last days. This and the following on the first page only.
        let stolen: [SessionView]
        /// Ended within a day.
        let recent: [SessionView]
        /// Ended before.
        let earlier: [SessionView]
        /// The last live session of this page if more follow.
        let next: String?
        /// Whether there are other live sessions, on this page or another one.
        let hasOthers: Bool
    }

    /// - Parameter last: the last session of the page before; nil for the first page.
    func page(for own: Session, after last: SessionID?, in text: any Texts) async throws -> Page {
        try await page(of: own.subject.id, own: own, after: last, in: text)
    }

    /// The same for somebody who has none of the sessions.
    func page(of subject: SubjectID, after last: SessionID?, in text: any Texts) async throws -> Page {
        try await page(of: subject, own: nil, after: last, in: text)
    }

    private func page(
        of subject: SubjectID, own: Session?, after last: SessionID?, in text: any Texts
    ) async throws -> Page {
        let now = sessions.clock()
        let events = try await sessions.events(of: subject, limit: SessionHistory.eventLimit)
        let live = try await sessions.sessions(of: subject)
        let bySession = Dictionary(grouping: events.filter { $0.session != nil }) { $0.session }
        func view(_ session: Session, _ end: SessionEndView? = nil) -> SessionView {
            SessionView(
                session, isCurrent: session.id == own?.id, end: end, expiresAt: sessions.expiry(of: session),
                events: bySession[session.id] ?? [], now: now, in: text)
        }
        let others = live.filter { $0.id != own?.id }
        // Ids are ordered by their time, and the newest session comes first.
        let rest = others.filter { other in
            last.map { other.id.uuid.bytes.lexicographicallyPrecedes($0.uuid.bytes) } ?? true
        }
        let shown = rest.prefix(SessionHistory.shownOthers)
        let past = last == nil ? try await past(among: events, except: Set(live.map(\.id)), now: now, in: text) : []
        let unsuspicious = past.filter { !$0.1.isReuse }
        return Page(
            current: own.map { view($0) }, others: shown.map { view($0) },
            stolen: past.filter { $0.1.isReuse }.map { view($0, $1) },
            recent: unsuspicious.filter { $0.1.at + SessionHistory.recentSeconds > now }.map { view($0, $1) },
            earlier: unsuspicious.filter { $0.1.at + SessionHistory.recentSeconds <= now }.map { view($0, $1) },
            next: shown.count < rest.count ? shown.last?.id.description : nil, hasOthers: !others.isEmpty)
    }

    /// The newest sessions that ended in the last days.
    private func past(
        among events: [EventRecord], except live: Set<SessionID>, now: Timestamp, in text: any Texts
    ) async throws -> [(Session, SessionEndView)] {
        let all = try await ended(among: events, except: live).map { session in
            (session, SessionEndView(of: session, expiresAt: sessions.expiry(of: session), events: events, in: text))
        }
        return Array(
            all.filter { $0.1.at + SessionHistory.shownSeconds > now }
                .sorted { $0.1.at > $1.1.at }
                .prefix(SessionHistory.shownEnded))
    }

    /// The sessions that events name and that are not live, as far as their rows are not deleted. Without those whose
    /// client was removed: no row says when that was.
    private func ended(among events: [EventRecord], except live: Set<SessionID>) async throws -> [Session] {
        var seen = live
        var ended: [Session] = []
        // Beyond the first thousand live sessions, `live` does not have all that events name.
        var lookups = 0
        for id in events.compactMap(\.session) where seen.insert(id).inserted {
            guard lookups < 8 * SessionHistory.shownEnded, ended.count < 4 * SessionHistory.shownEnded else { break }
            lookups += 1
            guard let session = try await sessions.session(id), session.isOfRegisteredClient else { continue }
            if case .refused = sessions.status(of: session) { ended.append(session) }
        }
        return ended
    }
}
