import StrictCoding
import Synchronization

/// What the revocation feed has said, for as long as it matters.
final class RevocationList: Sendable {
    private struct Cutoff {
        /// In the milliseconds of session ids.
        var before: Int
        var until: Int
    }

    private struct State {
        /// When each may be forgotten, in Unix seconds.
        var sessions: [String: Int] = [:]
        var subjects: [String: Cutoff] = [:]
        var nextPurge = 0
    }

    private let leeway: Int
    private let state = Mutex(State())

    /// - Parameter leeway: for how many seconds longer than the service an expired token is believed here.
    init(leeway: Int) { self.leeway = leeway }

    var count: Int { state.withLock { $0.sessions.count + $0.subjects.count } }

    func concerns(_ token: AccessToken) -> Bool {
        state.withLock { state in
            if let session = token.sessionID, !state.sessions.isEmpty, state.sessions[session] != nil { return true }
            guard !state.subjects.isEmpty, let cutoff = state.subjects[token.subject] else { return false }
            return token.openedAtMilliseconds < cutoff.before
        }
    }

    /// Takes a page of the feed.
    ///
    /// - Returns: where to read on; nil when the page is not one, and then nothing was taken.
    func apply(_ page: JSON, at now: Int) -> Int? {
        guard let next = page["next"]?.integer, case .array(let entries)? = page["revocations"],
            case .bool(let reset)? = page["reset"]
        else { return nil }
        return state.withLock { state in
            if reset { state = State() }
            for entry in entries { apply(entry, to: &state) }
            if now >= state.nextPurge {
                state.sessions = state.sessions.filter { $0.value > now }
                state.subjects = state.subjects.filter { $0.value.until > now }
                state.nextPurge = now + 60
            }
            return next
        }
    }

    /// An entry of a kind that is not known concerns something that this version does not do.
    private func apply(_ entry: JSON, to state: inout State) {
        guard let id = entry["id"]?.string, let until = entry["until"]?.integer.map({ $0 + leeway }) else { return }
        switch (entry["kind"]?.string, entry["before"]?.integer) {
        case ("session", _): state.sessions[id] = max(until, state.sessions[id] ?? until)
        case ("subject", let before?):
            // The latest of all cutoffs wins.
            let known = state.subjects[id] ?? Cutoff(before: before, until: until)
            state.subjects[id] = Cutoff(before: max(before, known.before), until: max(until, known.until))
        default: break
        }
    }
}

extension AccessToken {
    /// When the session was opened, by the time in its id (UUIDv7: the first 48 bits); for a client's own token, and for an id of
    /// another kind, when the token was issued.
    var openedAtMilliseconds: Int {
        let digits = sessionID.map { $0.utf8.prefix(13).filter { $0 != UInt8(ascii: "-") } } ?? []
        return Int(String(decoding: digits, as: UTF8.self), radix: 16) ?? issuedAt * 1000
    }
}
