extension Session {
    /// The claims of its access tokens besides the registered ones. Where the subject's and the session's name one, the
    /// subject's counts: a back-end cannot overrule the operator.
    package var claims: Claims? { Claims.merging(subject.claims, record.claims) }

    /// The time of issue of an access token that is issued now, in Unix seconds: not before the subject's claims were
    /// changed at once, even on a node whose clock is slow.
    package func issueTime(at now: Timestamp) -> Int {
        max(now, subject.issuedFrom ?? now).seconds
    }
}
