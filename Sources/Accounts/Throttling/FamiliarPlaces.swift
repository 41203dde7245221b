/// The places from which people have logged in to accounts, in bounded memory. One account displaces only its own
/// places.
struct FamiliarPlaces {
    private static let placeLimit = 8
    private static let accountLimit = 65_536

    /// By account, the place that was used last at the end.
    private var places: [String: [String]] = [:]

    func contains(_ place: String, of account: String) -> Bool { places[account]?.contains(place) ?? false }

    mutating func insert(_ place: String, of account: String) {
        var known = places[account] ?? []
        known.removeAll { $0 == place }
        known.append(place)
        if places[account] == nil, places.count >= FamiliarPlaces.accountLimit { forgetAccounts() }
        places[account] = known.suffix(FamiliarPlaces.placeLimit)
    }

    /// Forgets a quarter of the accounts, whichever they are.
    private mutating func forgetAccounts() {
        for account in Array(places.keys.prefix(FamiliarPlaces.accountLimit / 4)) { places[account] = nil }
    }
}
