import Testing
import TokenCore

struct RotateSigningKeysTests {
    static let start = Timestamp(seconds: 1_800_000_000)

    private func key(
        _ state: SigningKeyRecord.State, _ algorithm: SigningAlgorithm = .es256, madeAfter seconds: Int = 0
    ) -> SigningKeyRecord {
        SigningKeyRecord(
            id: SigningKeyID("\(state) \(algorithm)"), algorithm: algorithm, state: state, sealedPrivateKey: [],
            createdAt: Self.start + seconds)
    }

    private func step(
        _ keys: [SigningKeyRecord], wanted: SigningAlgorithm = .es256, after seconds: Int,
        _ trigger: RotateSigningKeys.Trigger = .schedule(every: 100, publishedFor: 10)
    ) -> RotateSigningKeys.Step {
        RotateSigningKeys.step(trigger, for: keys, algorithm: wanted, at: Self.start + seconds)
    }

    @Test func `an old key is replaced when the next key has been published for long enough`() {
        let ring = [key(.current), key(.next)]
        #expect(step(ring, after: 99) == .nothing)
        #expect(step(ring, after: 100) == .rotate)
        #expect(step(ring, after: 100, .schedule(every: 100, publishedFor: 101)) == .nothing)
        #expect(step(ring, after: 101, .schedule(every: 100, publishedFor: 101)) == .rotate)
    }

    @Test func `a key of another algorithm is published before it is used`() {
        #expect(step([key(.current), key(.next)], wanted: .eddsa, after: 1) == .replaceNext)
        #expect(step([key(.current), key(.next, .eddsa)], wanted: .eddsa, after: 9) == .nothing)
        #expect(step([key(.current), key(.next, .eddsa)], wanted: .eddsa, after: 10) == .rotate)
        #expect(step([key(.current, .eddsa), key(.next, .eddsa)], wanted: .eddsa, after: 10) == .nothing)
    }

    @Test func `a command does not use a key that verifiers may not have fetched`() {
        let ring = [key(.current), key(.next, madeAfter: 1000)]
        #expect(step(ring, after: 1000, .command) == .tooEarly(secondsLeft: 300))
        #expect(step(ring, after: 1299, .command) == .tooEarly(secondsLeft: 1))
        #expect(step(ring, after: 1300, .command) == .rotate)
        #expect(step(ring, after: 1000, .force) == .rotate)
        // A clock that was set back.
        #expect(step(ring, after: 0, .command) == .tooEarly(secondsLeft: 1300))
        // Verifiers that know the first key know the one that was published together with it.
        #expect(step([key(.current), key(.next)], after: 0, .command) == .rotate)
    }

    @Test func `a missing key is made at every trigger`() {
        for trigger in [RotateSigningKeys.Trigger.fill, .command, .force, .schedule(every: 100, publishedFor: 10)] {
            #expect(step([], after: 0, trigger) == .start)
            #expect(step([key(.next)], after: 0, trigger) == .start)
            #expect(step([key(.current)], after: 0, trigger) == .publish)
        }
        #expect(step([key(.current), key(.next)], after: 1000, .fill) == .nothing)
        #expect(step([key(.current), key(.next)], after: 0, .command) == .rotate)
    }
}
