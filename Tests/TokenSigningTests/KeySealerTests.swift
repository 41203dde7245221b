import StrictCoding
import Testing
import TokenCore
import TokenSigning
import TokenTesting

struct KeySealerTests {
    let now = Timestamp(seconds: 1_800_000_000)
    let sealer = KeySealer(TestService.masterKeys(1))

    @Test func `a sealed key opens with its own master key only`() throws {
        let record = try sealer.generate(.es256, at: now)
        #expect(throws: KeyFailure.self) { try KeySealer(TestService.masterKeys(2)).open(record) }
        let changed = KeySealer(TestService.masterKeys(2, 1))
        #expect(try changed.open(record).id == record.id)
        let resealed = try #require(try changed.reseal(record))
        #expect(try KeySealer(TestService.masterKeys(2)).open(resealed).id == record.id)
        #expect(try changed.reseal(resealed) == nil)
        var renamed = SigningKeyRecord(
            id: "other", algorithm: record.algorithm, state: .next, sealedPrivateKey: record.sealedPrivateKey,
            createdAt: now)
        #expect(throws: KeyFailure.self) { try changed.open(renamed) }
        renamed.sealedPrivateKey = []
        #expect(throws: KeyFailure.self) { try changed.open(renamed) }
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `a sealed key cannot be changed or moved to another row`(algorithm: SigningAlgorithm) throws {
        let record = try sealer.generate(algorithm, at: now)
        #expect(try sealer.open(record).id == record.id)
        #expect(record.state == .next && record.algorithm == algorithm)
        // A thumbprint (RFC 7638): SHA-256 in base64url.
        #expect(Base64URL.decode(record.id.value.utf8)?.count == 32)
        for index in [0, 12, record.sealedPrivateKey.count - 1] {
            var tampered = record
            tampered.sealedPrivateKey[index] ^= 1
            #expect(throws: KeyFailure.self) { try sealer.open(tampered) }
        }
        for other in SigningAlgorithm.allCases where other != algorithm {
            let moved = SigningKeyRecord(
                id: record.id, algorithm: other, state: .next, sealedPrivateKey: record.sealedPrivateKey,
                createdAt: record.createdAt)
            #expect(throws: KeyFailure.self) { try sealer.open(moved) }
        }
        #expect(try sealer.generate(algorithm, at: now).id != record.id)
    }
}
