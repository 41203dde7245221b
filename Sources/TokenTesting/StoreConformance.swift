package import TokenCore

/// The promises that every store keeps. The tests of a store run each of them on stores that it makes.
package struct StoreConformance: Sendable {
    package typealias Promise = ConformancePromise<StoreConformance>

    package static let promises =
        rotationPromises + keyBindingPromises + sessionPromises + sessionLimitPromises + claimsPromises
        + logoutAllPromises + feedPromises + userPromises + userImportPromises + linkPromises + identityPromises
        + upstreamLogoutPromises + clientPromises
        + signingKeyPromises + eventPromises + webhookPromises + storagePromises

    let makeStore: @Sendable () throws -> any Store
    let reopen: (@Sendable () throws -> any Store)?

    /// - Parameters:
    ///   - makeStore: makes an empty store.
    ///   - reopen: opens what a crash at this moment leaves of the store that was made last; nil for a store in memory.
    package init(
        _ makeStore: @escaping @Sendable () throws -> any Store, reopen: (@Sendable () throws -> any Store)? = nil
    ) {
        self.makeStore = makeStore
        self.reopen = reopen
    }
}
