import Accounts
import Federation
import PrometheusMetrics
import SessionEngine
import TokenCore
import TokenHTTP
import TokenPages
import TokenSigning

extension Assembly {
    func publicListener(
        accounts: AccountService, ring: KeyRing, feed: RevocationFeed, invitation: SetupInvitation, drain: Drain,
        isStoreSound: @escaping @Sendable () -> Bool
    ) -> PublicListener {
        let references = ReferenceTokenKeys(masterKeys)
        let csrf = CSRFTokens(masterKeys)
        let accessTokens = AccessTokenIssuer(
            issuer: JWTIssuer(
                ring: ring, issuer: configuration.issuer, audience: configuration.audience,
                lifetimeSeconds: configuration.accessTokenLifetimeSeconds),
            references: references)
        let reader = AccessTokenReader(
            ring: ring, references: references, issuer: configuration.issuer, audience: configuration.audience)
        let proofs = RequestProofs(
            issuer: configuration.issuer, nonceKeys: configuration.listener.requiresProofNonce ? masterKeys : nil)
        let authentication = Authentication(
            sessions: sessions, clients: clients, reader: reader, csrf: csrf, proofs: proofs,
            options: configuration.listener)
        let delivery = TokenDelivery(sessions: sessions, accessTokens: accessTokens, csrf: csrf)
        let pages = Pages(
            accounts: accounts, authentication: authentication, delivery: delivery,
            receipts: LoginReceipts(masterKeys), invitation: invitation, federation: federation,
            identities: identities, targets: ReturnTargets(configuration.listener.returnTo),
            branding: configuration.branding)
        return PublicListener(
            accounts: accounts, authentication: authentication, delivery: delivery, ring: ring, feed: feed,
            federation: federation, isStoreSound: isStoreSound, pages: pages.controllers, errorPages: pages,
            drain: drain,
            options: configuration.listener)
    }

    /// - Throws: ``AdminTokenFile/Failure`` or ``PrivateFile/Failure``.
    func adminListener(
        _ options: AdminListener.Options, accounts: AccountService, ring: KeyRing, feed: RevocationFeed,
        registry: PrometheusRegistry
    ) throws -> AdminListener {
        let storeGauges = StoreGauges(store)
        let tls = configuration.listener.tls?.files
        let gauges = ServiceGauges(accounts: accounts, keys: signingKeys, feed: feed, version: Version.current) {
            let certificate = tls.map { CertificateGauges.readings(of: $0, at: SystemClock.now()) }
            return await storeGauges.readings() + (certificate ?? [])
        }
        let token = try AdminTokenFile(path: configuration.adminTokenFile).load()
        let console = Console(
            accounts: accounts, identities: identities, clients: clients, keys: signingKeys, ring: ring,
            federation: federation, issuer: configuration.issuer,
            gate: ConsoleGate(token: token, links: ConsoleLinks(masterKeys), service: sessions), gauges: gauges,
            branding: configuration.branding)
        return AdminListener(
            accounts: accounts, identities: identities, clients: clients, keys: signingKeys, ring: ring,
            registry: registry, gauges: gauges, token: token, pages: console.controllers, errorPages: console,
            options: options)
    }
}
