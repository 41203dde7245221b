import TokenCore

/// A session as a person sees it on their page.
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
    let picture: String

    /// - Parameters:
    ///   - ending: nil while it lives.
    ///   - events: of the session alone, the newest first.
    init(
        _ session: Session, isCurrent: Bool = false, ending: SessionEndView? = nil, events: [EventRecord], now: Timestamp,
        idleLifetimeSeconds: Int
    ) {
        let session = session.record
        let replay = events.first { $0.kind == .reuseDetected }
        let lookBehind = replay.flatMap(SessionView.generationsBehind)
        let newest = Int(session.token.generation.number)
        let lastUsed = RelativeTime(session.token.rotatedAt, now: now)
        id = session.id.description
        device = session.device.name ?? DeviceName(userAgent: session.device.userAgent).description
        place = session.device.address
        client = session.client == .web ? nil : session.client.value
        self.isCurrent = isCurrent
        signedIn = RelativeTime(session.createdAt, now: now)
        self.lastUsed = lastUsed
        endsAt = ending == nil ? RelativeTime(session.expiry(idleLifetimeSeconds: idleLifetimeSeconds), now: now) : nil
        isEnded = ending != nil
        isStolen = ending?.isReuse ?? false
        self.ending = ending?.words
        endedAt = ending.map { RelativeTime($0.at, now: now) }

        var sentences = [
            newest == 0 ? "The first token is in use." : "Renewed \(newest.times), last \(lastUsed.words)."
        ]
        if ending != nil { sentences = [newest == 0 ? "Never renewed." : "Renewed \(newest.times)."] }
        if session.token.retries > 0 {
            sentences.append("The last renewal was asked for again \(session.token.retries.times), which is harmless.")
        }
        if let replay, isStolen {
            let behind = lookBehind.map { ", \($0) behind the newest" } ?? ""
            let origin = replay.address.map { " from \($0)" } ?? ""
            let when = RelativeTime(replay.at, now: now)
            sentences.append(
                "A token that had been used before\(behind), came back\(origin) \(when.words) (\(when.title)). The session "
                    + "was ended for everybody who held it.")
        }
        caption = sentences.joined(separator: " ")
        picture = ChainPicture(
            newest: newest, retries: session.token.retries, isEnded: ending != nil,
            replayed: isStolen ? lookBehind.map { max(0, newest - $0) } : nil, began: signedIn.words,
            renewed: lastUsed.words
        ).svg(id: id, title: SessionView.title(generations: newest + 1, isStolen: isStolen))
    }

    private static func title(generations: Int, isStolen: Bool) -> String {
        "\(generations) generation\(generations == 1 ? "" : "s") of tokens"
            + (isStolen ? ", one of them used again after its time" : "")
    }

    /// The number that the event's detail begins with.
    private static func generationsBehind(_ event: EventRecord) -> Int? {
        event.detail?.split(separator: " ").first.flatMap { Int($0) }
    }
}

extension Int {
    fileprivate var times: String { self == 1 ? "once" : self == 2 ? "twice" : "\(self) times" }
}
