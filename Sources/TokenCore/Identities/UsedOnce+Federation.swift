extension UsedOnce {
    /// An attempt to sign in at a provider, or to link one of its identities.
    ///
    /// - Parameters:
    ///   - id: random; it holds no zero byte.
    ///   - created: when it began, which it carries, in Unix seconds.
    ///   - seconds: how long after `created` a node may still accept it.
    package static func attempt(_ id: String, createdAt created: Int, forgottenAfter seconds: Int) -> UsedOnce {
        UsedOnce("sign-in attempt", [id], namedAt: created, forgottenAfter: seconds)
    }

    /// An ID token that an application presents.
    ///
    /// - Parameters:
    ///   - issuer: holds no zero byte.
    ///   - id: what tells it apart from the issuer's other ID tokens: a hash of its signed part.
    ///   - time: its `iat`.
    ///   - seconds: how long after `time` a node may still accept it.
    package static func idToken(
        of issuer: String, named id: String, issuedAt time: Int, forgottenAfter seconds: Int
    ) -> UsedOnce {
        UsedOnce("id token", [issuer, id], namedAt: time, forgottenAfter: seconds)
    }

    /// A logout token or a security event token of a provider.
    ///
    /// - Parameters:
    ///   - issuer: holds no zero byte.
    ///   - id: its `jti`.
    ///   - time: its `iat`.
    ///   - seconds: how long after `time` a node may still accept it.
    package static func securityEvent(
        of issuer: String, named id: String, issuedAt time: Int, forgottenAfter seconds: Int
    ) -> UsedOnce {
        UsedOnce("security event", [issuer, id], namedAt: time, forgottenAfter: seconds)
    }
}
