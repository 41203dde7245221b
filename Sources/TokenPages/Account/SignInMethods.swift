import Federation
import SessionEngine
import TokenCore

/// The ways in which a person can sign in, as the account page shows them. The templates read the members by their
/// names.
struct SignInMethods {
    /// An identity of a provider.
    struct Linked {
        let id: String
        let name: String
        let linked: RelativeTime
        let lastUsed: RelativeTime?
        /// Whether another way to sign in remains without it.
        let isRemovable: Bool
        let isFresh: Bool
    }

    let linked: [Linked]
    /// The providers that no identity is of.
    let offers: [ProviderButton]
    let hasPassword: Bool
    /// Whether the person was authenticated so lately that the ways may be changed.
    let isFresh: Bool
    /// The name to confirm a password with; nil without a password.
    let username: String?
    /// The linked providers to confirm with, for a person without a password.
    let confirmations: [ProviderButton]
    let isRemembered: Bool

    /// - Parameter account: the account of the person; nil for an outside subject.
    init(
        _ identities: [IdentityRecord], of account: SubjectRecord.Account?, in own: Session, providers: [Provider],
        now: Timestamp, in text: any Texts
    ) {
        let isFresh = own.record.isFreshlyAuthenticated(at: now)
        let hasPassword = account?.password != nil && account?.username != nil
        func provider(of record: IdentityRecord) -> Provider? {
            providers.first { $0.issuer == record.identity.issuer }
        }
        linked = identities.map { record in
            Linked(
                id: record.id.text, name: provider(of: record)?.name ?? record.identity.issuer,
                linked: RelativeTime(record.createdAt, now: now, in: text),
                lastUsed: record.lastUsedAt.map { RelativeTime($0, now: now, in: text) },
                isRemovable: hasPassword || identities.count > 1, isFresh: isFresh)
        }
        let issuers = Set(identities.map(\.identity.issuer))
        offers = account == nil ? [] : providers.filter { !issuers.contains($0.issuer) }.map { ProviderButton($0) }
        self.hasPassword = hasPassword
        self.isFresh = isFresh
        username = hasPassword ? account?.username : nil
        confirmations = hasPassword ? [] : identities.compactMap { provider(of: $0) }.map { ProviderButton($0) }
        isRemembered = own.record.isRemembered
    }
}
