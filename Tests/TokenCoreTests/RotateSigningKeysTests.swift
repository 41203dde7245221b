import Testing
import TokenCore

/// When the key ring moves on by itself.
struct RotateSigningKeysTests {
    static let start = Timestamp(seconds: 1_800_000_000)

    private func key(_ state: SigningKeyRecord.State, _ algorithm: String = "ES256") -> SigningKeyRecord {
        SigningKeyRecord(
            id: "\(state) \(algorithm)", algorithm: algorithm, state: state, sealedPrivateKey: [], createdAt: Self.start
        )
    }

    private func step(
        _ keys: [SigningKeyRecord], wanted: String = "ES256", after seconds: Int,
        _ trigger: RotateSigningKeys.Trigger = .schedule(every: 100, publishedFor: 10)
    ) -> RotateSigningKeys.Step {
        RotateSigningKeys.step(trigger, for: keys, algorithm: wanted, at: Self.start + seconds)
    }

    @Test func `by age, but never before the next key was published for long enough`() {
        let ring = [key(.current), key(.next)]
        #expect(step(ring, after: 99) == .nothing)
        #expect(step(ring, after: 100) == .rotate)
        #expect(step(ring, after: 100, .schedule(every: 100, publishedFor: 101)) == .nothing)
        #expect(step(ring, after: 101, .schedule(every: 100, publishedFor: 101)) == .rotate)
    }

    @Test func `another algorithm is published first and used then`() {
        #expect(step([key(.current), key(.next)], wanted: "EdDSA", after: 1) == .replaceNext)
        #expect(step([key(.current), key(.next, "EdDSA")], wanted: "EdDSA", after: 9) == .nothing)
        #expect(step([key(.current), key(.next, "EdDSA")], wanted: "EdDSA", after: 10) == .rotate)
        #expect(step([key(.current, "EdDSA"), key(.next, "EdDSA")], wanted: "EdDSA", after: 10) == .nothing)
    }

    @Test func `empty places are filled whatever the reason`() {
        for trigger in [RotateSigningKeys.Trigger.fill, .command, .schedule(every: 100, publishedFor: 10)] {
            #expect(step([], after: 0, trigger) == .start)
            #expect(step([key(.next)], after: 0, trigger) == .start)
            #expect(step([key(.current)], after: 0, trigger) == .publish)
        }
        #expect(step([key(.current), key(.next)], after: 1000, .fill) == .nothing)
        #expect(step([key(.current), key(.next)], after: 0, .command) == .rotate)
    }
}
