package import StrictCoding
import Synchronization

/// The revocations that the feed has published and that may still concern a token that has not expired.
package final class RevocationList: Sendable {
    private struct Cutoff {
        /// Sessions opened before this time are revoked, in Unix milliseconds, the unit of session ids. For claims:
        /// tokens issued before this time are outdated, in Unix seconds, the unit of `iat`.
        var before: Int
        /// When the entry may be removed, in Unix seconds.
        var until: Int
    }

    private struct State {
        /// When each entry may be removed, in Unix seconds, by session id.
        var sessions: [ExactText: Int] = [:]
        /// By subject.
        var subjects: [ExactText: Cutoff] = [:]
        /// By subject: tokens issued before these times, in Unix seconds, are outdated.
        var claims: [ExactText: Cutoff] = [:]
        var nextPurge = 0
    }

    /// The latest time that is believed, in milliseconds; later ones count as this. Far below what overflows an `Int`.
    private static let latest = 1 << 53

    private let leeway: Int
    private let state = Mutex(State())

    /// - Parameter leeway: the time in seconds for which tokens are accepted after they have expired. Entries are kept
    ///   for as much longer.
    package init(leeway: Int) { self.leeway = leeway }

    /// The number of entries.
    package var count: Int { state.withLock { $0.sessions.count + $0.subjects.count + $0.claims.count } }

    /// ``TokenRefusal/revoked`` when the session of a token, or the subject's sessions of its age, have been revoked.
    /// ``TokenRefusal/outdated`` when the subject's claims have changed since. Otherwise nil.
    package func refusal(of token: AccessToken) -> TokenRefusal? {
        state.withLock { state in
            if let session = token.sessionID, !state.sessions.isEmpty, state.sessions[ExactText(session)] != nil {
                return .revoked
            }
            if !state.subjects.isEmpty, let cutoff = state.subjects[ExactText(token.subject)],
                token.openedAtMilliseconds < cutoff.before
            {
                return .revoked
            }
            if !state.claims.isEmpty, let cutoff = state.claims[ExactText(token.subject)],
                token.issuedAt < cutoff.before
            {
                return .outdated
            }
            return nil
        }
    }

    /// Adds the entries of a page of the feed.
    ///
    /// - Parameter now: Unix seconds.
    /// - Returns: the position of the next page; nil if the answer is not a page, and then nothing is added.
    package func apply(_ page: JSON, at now: Int) -> Int? {
        guard let next = page["next"]?.integer, (0...RevocationList.latest).contains(next),
            case .array(let entries)? = page["revocations"],
            case .bool(let reset)? = page["reset"]
        else { return nil }
        return state.withLock { state in
            if reset { state = State() }
            for entry in entries { apply(entry, to: &state) }
            if now >= state.nextPurge {
                state.sessions = state.sessions.filter { $0.value > now }
                state.subjects = state.subjects.filter { $0.value.until > now }
                state.claims = state.claims.filter { $0.value.until > now }
                state.nextPurge = now + 60
            }
            return next
        }
    }

    /// Adds an entry. Ignores kinds that this version does not know: they concern features that it does not have.
    private func apply(_ entry: JSON, to state: inout State) {
        func time(_ name: String) -> Int? { entry[name]?.integer.map { min(max($0, 0), RevocationList.latest) } }
        guard let id = entry["id"]?.string.map(ExactText.init), let until = time("until").map({ $0 + leeway }) else {
            return
        }
        switch (entry["kind"]?.ascii, time("before")) {
        case ("session", _): state.sessions[id] = max(until, state.sessions[id] ?? until)
        case ("subject", let before?): state.subjects[id] = later(state.subjects[id], before: before, until: until)
        case ("claims", let before?): state.claims[id] = later(state.claims[id], before: before, until: until)
        default: break
        }
    }

    /// The latest cutoff of a subject applies.
    private func later(_ known: Cutoff?, before: Int, until: Int) -> Cutoff {
        Cutoff(before: max(before, known?.before ?? before), until: max(until, known?.until ?? until))
    }
}
