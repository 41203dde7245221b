/// What attempts are counted by: an address, an account, or an account from a familiar place.
package enum AttemptKey: Hashable, Sendable {
    case address(String, AddressRange = .host)
    case account(String)
    /// An account, from a place where somebody has logged in to it before.
    case familiar(account: String, place: String)
}
