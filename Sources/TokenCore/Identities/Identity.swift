/// A person as a provider knows them: its issuer and the subject that it names, compared byte for byte (OpenID Connect
/// Core §2, `iss` and `sub`). An e-mail address is no part of it.
package struct Identity: Sendable, Hashable {
    package let issuer: String
    package let providerSubject: String

    /// The longest issuer and the longest subject, in bytes (OpenID Connect Core §2 for `sub`).
    package static let maximumLength = 255

    /// What an identity looks like, for messages.
    package static let rule =
        "the issuer is an https or http URL of at most 255 visible ASCII characters, the subject has 1 to 255 printable "
        + "ASCII characters"

    /// An identity; nil unless the issuer is a URL of 255 visible ASCII characters at most, and the subject has 1 to
    /// 255 printable ASCII characters.
    package init?(issuer: String, providerSubject: String) {
        let schemes = ["https://", "http://"]
        guard schemes.contains(where: { issuer.utf8.starts(with: $0.utf8) && issuer.utf8.count > $0.utf8.count }),
            issuer.utf8.count <= Identity.maximumLength, issuer.utf8.allSatisfy({ 0x21...0x7E ~= $0 }),
            (1...Identity.maximumLength).contains(providerSubject.utf8.count),
            providerSubject.utf8.allSatisfy({ 0x20...0x7E ~= $0 })
        else { return nil }
        self.issuer = issuer
        self.providerSubject = providerSubject
    }

    package var id: IdentityID { IdentityID(of: self) }
}
