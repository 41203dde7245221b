/// What a session, or a credential that names one, is worth now.
package enum SessionStatus: Sendable {
    /// Open and not expired.
    case live(Session)
    /// The session is there unless the refusal is ``Refusal/unknown``.
    case refused(Refusal, Session?)
}
