package import StrictCoding

/// The key that a new access token is bound to (`cnf`, RFC 9449 §6); nil for none. It follows from the session, so no
/// grant can omit it.
package struct TokenBinding: Sendable, Equatable {
    package let key: KeyThumbprint?

    private init(key: KeyThumbprint?) { self.key = key }

    /// The binding of a session's access token: the session's own key. For a confidential client's session it is the
    /// key of the request, if the request proved one.
    ///
    /// - Parameter requestKey: the key that the request proved, or that the back-end named.
    package init(of session: Session, requestKey: KeyThumbprint?) {
        key = session.boundKey ?? (session.client?.isConfidential == true ? requestKey : nil)
    }

    /// The binding of an access token of a client that acts for itself.
    ///
    /// - Parameter requestKey: the key that the request proved.
    package init(ofClientWith requestKey: KeyThumbprint?) { key = requestKey }

    /// That of an access token in a cookie: none, because a navigation cannot sign.
    package static let cookie = TokenBinding(key: nil)
}
