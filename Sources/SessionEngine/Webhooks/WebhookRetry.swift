import TokenCore

/// When an event that cannot be delivered is tried again, and when it is given up.
enum WebhookRetry {
    /// How long an event is tried.
    static let patienceSeconds = 86_400

    /// Whether an event that fails now is skipped.
    static func isOver(since start: Timestamp, at now: Timestamp) -> Bool {
        now >= start + patienceSeconds
    }

    /// The time of the next try. The pause is as long as the event has failed, from 1 s to
    /// ``TokenCore/WebhookCursor/longestPauseSeconds``, less up to a half at random: receivers of many services are
    /// not asked at the same moment.
    static func next(since start: Timestamp, at now: Timestamp, random: RandomBytes<1>) -> Timestamp {
        let longest = Double(WebhookCursor.longestPauseSeconds)
        let pause = min(max(now - start, 1), longest)
        let share = 1 - Double(random.bytes[0]) / 510
        return Timestamp(milliseconds: now.milliseconds + Int64(pause * share * 1000))
    }
}
