/// The places of the queue for password hashes: who may have one. It does no I/O.
///
/// A quarter of the places is kept for familiar addresses. Of these, and of the others, one network may hold at most
/// half. So a login from a familiar address gets a place even when one network, or all unfamiliar addresses
/// together, fill the queue.
package struct HashPlaces: Sendable {
    /// Who asks for a hash.
    package enum Applicant: Sendable, Equatable {
        /// An administrator, or the service itself.
        case service
        /// Somebody at an address. `network` is ``ClientAddress/network``.
        case visitor(network: String?, isFamiliar: Bool)
    }

    /// A place that was given.
    package struct Place: Sendable, Equatable {
        fileprivate let isKept: Bool
        fileprivate let network: String?
    }

    private struct Part: Sendable {
        let limit: Int
        var held = 0
        var heldByNetwork: [String: Int] = [:]

        var networkLimit: Int { max(1, limit / 2) }

        mutating func take(_ network: String?) -> Bool {
            guard held < limit else { return false }
            if let network {
                let others = heldByNetwork[network, default: 0]
                guard others < networkLimit else { return false }
                heldByNetwork[network] = others + 1
            }
            held += 1
            return true
        }

        mutating func give(_ network: String?) {
            held -= 1
            guard let network, let own = heldByNetwork[network] else { return }
            heldByNetwork[network] = own > 1 ? own - 1 : nil
        }
    }

    private var open: Part
    private var kept: Part

    package init(limit: Int) {
        kept = Part(limit: limit / 4)
        open = Part(limit: limit - limit / 4)
    }

    /// How many places are held.
    package var held: Int { open.held + kept.held }

    /// A place; nil when the applicant may have none now.
    package mutating func take(_ applicant: Applicant) -> Place? {
        let (network, mayUseKept): (String?, Bool) =
            switch applicant {
            case .service: (nil, true)
            case .visitor(let network, let isFamiliar): (network, isFamiliar)
            }
        if mayUseKept, kept.take(network) { return Place(isKept: true, network: network) }
        if open.take(network) { return Place(isKept: false, network: network) }
        return nil
    }

    package mutating func give(back place: Place) {
        if place.isKept { kept.give(place.network) } else { open.give(place.network) }
    }
}
