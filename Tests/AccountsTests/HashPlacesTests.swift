import Accounts
import Testing

struct HashPlacesTests {
    private func visitor(_ network: String?, familiar: Bool = false) -> HashPlaces.Applicant {
        .visitor(network: network, isFamiliar: familiar)
    }

    /// Asks until it is refused.
    private func fill(_ places: inout HashPlaces, _ applicant: HashPlaces.Applicant) -> [HashPlaces.Place] {
        var taken: [HashPlaces.Place] = []
        while let place = places.take(applicant) { taken.append(place) }
        return taken
    }

    @Test func `one network holds at most half of the places that are open to all`() {
        var places = HashPlaces(limit: 32)
        #expect(fill(&places, visitor("a")).count == 12)
        #expect(places.take(visitor("b")) != nil)
        #expect(places.held == 13)
    }

    @Test func `strangers leave a quarter of the places to familiar addresses`() {
        var places = HashPlaces(limit: 32)
        let strangers = (0..<100).flatMap { fill(&places, visitor("\($0)")) }
        #expect(strangers.count == 24 && places.take(visitor("new")) == nil && places.take(visitor(nil)) == nil)
        // The owner, even in the network of the strangers.
        #expect(fill(&places, visitor("0", familiar: true)).count == 4)
        #expect(fill(&places, visitor("home", familiar: true)).count == 4)
        #expect(places.held == 32 && places.take(.service) == nil)
    }

    @Test func `one network with familiar addresses does not keep other owners out`() {
        var places = HashPlaces(limit: 32)
        #expect(fill(&places, visitor("a", familiar: true)).count == 16)
        #expect(places.take(visitor("b", familiar: true)) != nil)
    }

    @Test func `places are given back to where they were taken`() {
        var places = HashPlaces(limit: 32)
        for _ in 0..<3 {
            let taken = fill(&places, visitor("a", familiar: true)) + fill(&places, visitor("b"))
            #expect(taken.count == 28)
            for place in taken { places.give(back: place) }
            #expect(places.held == 0)
        }
    }

    @Test func `the smallest queue has one place`() {
        var places = HashPlaces(limit: 1)
        #expect(fill(&places, visitor("a")).count == 1)
        #expect(places.take(.service) == nil)
    }
}
