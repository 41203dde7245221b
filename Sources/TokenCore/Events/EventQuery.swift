/// The events that a list shows.
package struct EventQuery: Sendable, Hashable {
    /// Nil for all subjects.
    package var subject: SubjectID?
    /// Nil for all kinds.
    package var kind: EventRecord.Kind?
    /// Events with a higher number only, the oldest first. Without it, the newest come first.
    package var after: Int?
    /// Events with a lower number only.
    package var before: Int?

    package init(
        subject: SubjectID? = nil, kind: EventRecord.Kind? = nil, after: Int? = nil, before: Int? = nil
    ) {
        self.subject = subject
        self.kind = kind
        self.after = after
        self.before = before
    }
}
