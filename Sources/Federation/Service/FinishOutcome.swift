package import TokenCore

/// What came of an attempt.
package enum FinishOutcome: Sendable {
    /// A session was opened. A second delivery of the same response has the same outcome
    /// while the session is live.
    case signedIn(Session, RefreshToken, at: Timestamp, returnTo: String?)
    /// The identity is one of the subject's ways to sign in now.
    case linked(returnTo: String?)
    /// The attempt has ended, and the browser is signed in already: a double delivery, or the back button.
    case alreadySignedIn(returnTo: String?)
}
