package import TokenCore

/// A page of a list of live sessions, the newest first.
package struct SessionPage: Sendable {
    package let sessions: [Session]
    /// Where the next page begins: it has the sessions that are older than this id. Nil when there are no more.
    package let next: SessionID?
}
