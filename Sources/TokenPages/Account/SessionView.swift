import StrictCoding
import TokenCore

/// A session as the account page shows it. The templates read the members by their names.
struct SessionView {
    let id: String
    let device: String
    let place: String?
    let client: String?
    let isCurrent: Bool
    let signedIn: RelativeTime
    let lastUsed: RelativeTime
    let endsAt: RelativeTime?
    let isEnded: Bool
    let isStolen: Bool
    let ending: String?
    let endedAt: RelativeTime?
    let caption: String
    /// The JSON object of the session's own claims; nil without any.
    let sessionClaims: String?
    /// Nil for a session that was never renewed, which is one token.
    let picture: String?

    /// - Parameters:
    ///   - end: nil while the session is live.
    ///   - events: those of this session, the newest first.
    init(
        _ session: Session, isCurrent: Bool, end: SessionEndView?, expiresAt: Timestamp, events: [EventRecord],
        now: Timestamp, in text: any Texts
    ) {
        let record = session.record
        let replay = end?.isReuse == true ? events.first { $0.kind == .reuseDetected } : nil
        // Without the key, nobody can end a session that is bound to one.
        let isCopy = end?.isReuse == true && session.boundKey != nil
        let newest = Int(session.token.generation.number)
        let retries = session.token.retries
        let lastUsed = RelativeTime(session.token.rotatedAt, now: now, in: text)
        id = session.id.description
        device = record.device?.name ?? DeviceName(userAgent: record.device?.userAgent, in: text).description
        place = record.device?.address
        client = record.client == .web ? nil : record.client.value
        self.isCurrent = isCurrent
        signedIn = RelativeTime(record.createdAt, now: now, in: text)
        self.lastUsed = lastUsed
        endsAt = end == nil ? RelativeTime(expiresAt, now: now, in: text) : nil
        isEnded = end != nil
        isStolen = end?.isReuse ?? false
        ending = end?.words
        endedAt = end.map { RelativeTime($0.at, now: now, in: text) }
        caption = SessionView.caption(
            renewals: newest, last: end == nil ? lastUsed.words : nil, retries: retries, replay: replay,
            isCopy: isCopy, now: now, in: text)
        sessionClaims = record.claims.map { claims in
            String(decoding: JSONWriter.object { $0.members(claims.members) }, as: UTF8.self)
        }
        picture =
            newest == 0
            ? nil
            : ChainPicture(
                newest: newest, retries: retries, isEnded: isEnded,
                replayed: replay?.generationsBehind.map { max(0, newest - $0) }, began: signedIn.words,
                renewed: lastUsed.words
            ).svg(
                id: id, title: text.picture(generations: newest + 1, isStolen: isStolen, isCopy: isCopy), in: text)
    }

    /// - Parameter last: when the last renewal was; nil for a session that has ended.
    private static func caption(
        renewals: Int, last: String?, retries: Int, replay: EventRecord?, isCopy: Bool, now: Timestamp,
        in text: any Texts
    ) -> String {
        var sentences: [String] = []
        switch (renewals, last) {
        case (0, nil): sentences.append(text.neverRenewed)
        case (0, _?): sentences.append(text.notRenewedYet)
        case (_, nil): sentences.append(text.renewed(renewals))
        case (_, let last?): sentences.append(text.renewed(renewals, last: last))
        }
        if retries > 0 { sentences.append(text.retried(retries)) }
        if let replay {
            let time = RelativeTime(replay.at, now: now, in: text)
            sentences.append(
                text.reused(
                    behind: replay.generationsBehind, address: replay.address, when: time.words, at: time.title,
                    isCopy: isCopy))
        }
        return sentences.joined(separator: " ")
    }
}
