/// The current status of a session, or of a credential that names one.
package enum SessionStatus: Sendable {
    /// Open and not expired.
    case live(Session)
    /// The session is there unless the refusal is ``Refusal/unknown``.
    case refused(Refusal, Session?)
}
