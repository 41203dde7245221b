import Synchronization
import Testing
import TokenVerifier

struct ProofReplayMemoryTests {
    static let now = ProofMaker.now
    let dropped = Dropped()

    final class Dropped: Sendable {
        private let number = Mutex(0)
        var count: Int { number.withLock { $0 } }

        func add(_ count: Int) { number.withLock { $0 += count } }
    }

    private func memory(limit: Int = 1 << 16) -> ProofReplayMemory {
        ProofReplayMemory(limit: limit) { dropped.add($0) }
    }

    private func proof(_ id: String, of maker: ProofMaker, at time: Int = Self.now) throws -> AcceptedProof {
        let claims = ProofMaker.claims(jti: id, uri: "https://id.example/", at: time)
        let request = ProofRequest(method: "GET", uri: try #require(ProofURI("https://id.example/")))
        return try ProofGate().verify([maker.sign(nil, claims)], for: request, at: time)
    }

    @Test func `a proof is used once, and its identifier is its key's own`() throws {
        let memory = memory()
        let (first, second) = (ProofMaker(), ProofMaker())
        #expect(memory.use(try proof("1", of: first), at: Self.now))
        #expect(!memory.use(try proof("1", of: first), at: Self.now))
        #expect(memory.use(try proof("2", of: first), at: Self.now))
        #expect(memory.use(try proof("1", of: second), at: Self.now))
    }

    @Test func `a proof is remembered as long as it is accepted`() throws {
        let memory = memory()
        let maker = ProofMaker()
        let ahead = try proof("ahead", of: maker)
        #expect(memory.use(ahead, at: Self.now))
        // Others come each second, and the halves change places.
        for second in 1...60 {
            #expect(memory.use(try proof("\(second)", of: maker, at: Self.now + second), at: Self.now + second))
            #expect(!memory.use(ahead, at: Self.now + second))
        }
        #expect(ahead.refusedFrom == Self.now + 61 && dropped.count == 0)
    }

    @Test func `the memory is bounded, and counts the proofs that it forgets too early`() throws {
        let memory = memory(limit: 10)
        let maker = ProofMaker()
        let proofs = try (0..<100).map { try proof("\($0)", of: maker) }
        for proof in proofs { #expect(memory.use(proof, at: Self.now)) }
        // The first half was empty when it was replaced.
        #expect(dropped.count >= 80 && dropped.count < 100)
        #expect(!memory.use(proofs[99], at: Self.now) && !memory.use(proofs[92], at: Self.now))
        #expect(memory.use(proofs[0], at: Self.now))
    }

    @Test func `nothing is counted when the forgotten proofs are refused anyway`() throws {
        let memory = memory(limit: 10)
        let maker = ProofMaker()
        for number in 0..<100 {
            let now = Self.now + number * 30
            #expect(memory.use(try proof("\(number)", of: maker, at: now), at: now))
        }
        #expect(dropped.count == 0)
    }
}
