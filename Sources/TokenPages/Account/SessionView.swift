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
    /// Nil for a session that was never renewed, which is one token.
    let picture: String?

    /// - Parameters:
    ///   - end: nil while the session is live.
    ///   - events: those of this session, the newest first.
    init(
        _ session: Session, isCurrent: Bool, end: SessionEndView?, expiresAt: Timestamp, events: [EventRecord],
        now: Timestamp
    ) {
        let record = session.record
        let replay = end?.isReuse == true ? events.first { $0.kind == .reuseDetected } : nil
        let newest = Int(session.token.generation.number)
        let retries = session.token.retries
        let lastUsed = RelativeTime(session.token.rotatedAt, now: now)
        id = session.id.description
        device = record.device.name ?? DeviceName(userAgent: record.device.userAgent).description
        place = record.device.address
        client = record.client == .web ? nil : record.client.value
        self.isCurrent = isCurrent
        signedIn = RelativeTime(record.createdAt, now: now)
        self.lastUsed = lastUsed
        endsAt = end == nil ? RelativeTime(expiresAt, now: now) : nil
        isEnded = end != nil
        isStolen = end?.isReuse ?? false
        ending = end?.words
        endedAt = end.map { RelativeTime($0.at, now: now) }
        caption = SessionView.caption(
            renewals: newest, last: end == nil ? lastUsed.words : nil, retries: retries, replay: replay, now: now)
        picture =
            newest == 0
            ? nil
            : ChainPicture(
                newest: newest, retries: retries, isEnded: isEnded,
                replayed: replay?.generationsBehind.map { max(0, newest - $0) }, began: signedIn.words,
                renewed: lastUsed.words
            ).svg(id: id, title: SessionView.title(generations: newest + 1, isStolen: isStolen))
    }

    /// - Parameter last: when the last renewal was; nil for a session that has ended.
    private static func caption(
        renewals: Int, last: String?, retries: Int, replay: EventRecord?, now: Timestamp
    ) -> String {
        var sentences: [String] = []
        switch (renewals, last) {
        case (0, nil): sentences.append("Never renewed.")
        case (0, _?): sentences.append("Not renewed yet.")
        case (_, nil): sentences.append("Renewed \(renewals.times).")
        case (_, let last?): sentences.append("Renewed \(renewals.times), last \(last).")
        }
        if retries > 0 {
            sentences.append("The last renewal was asked for again \(retries.times), which is harmless.")
        }
        if let replay {
            let behind = replay.generationsBehind.map {
                ", \($0) generation\($0 == 1 ? "" : "s") behind the newest,"
            }
            let origin = replay.address.map { " from \($0)" } ?? ""
            let time = RelativeTime(replay.at, now: now)
            sentences.append(
                "A token that was used before\(behind ?? "") was used again\(origin) \(time.words) (\(time.title)). "
                    + "The session was ended on every device that had its tokens.")
        }
        return sentences.joined(separator: " ")
    }

    private static func title(generations: Int, isStolen: Bool) -> String {
        "\(generations) generation\(generations == 1 ? "" : "s") of tokens"
            + (isStolen ? ", one of them used again later" : "")
    }
}

extension Int {
    fileprivate var times: String { self == 1 ? "once" : self == 2 ? "twice" : "\(self) times" }
}
