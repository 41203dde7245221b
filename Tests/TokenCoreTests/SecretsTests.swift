import Crypto
import Testing
import TokenCore

struct SecretsTests {
    @Test func `descriptions of secrets are redacted`() throws {
        let key = try #require(MasterKey(bytes: [UInt8](repeating: 65, count: 32)))
        #expect("\(key)" == "MasterKey(redacted)")
        #expect("\(PasswordHash(phc: "$argon2id$secret"))" == "PasswordHash(redacted)")
    }

    @Test func `every purpose and every master key has a different key`() throws {
        let purposes: [MasterKey.Purpose] = [
            .refreshTokenMAC, .refreshTokenSuccessor, .signingKeyEncryption, .csrf, .referenceTokenMAC, .loginReceipt,
        ]
        var seen = Set<[UInt8]>()
        for byte in [1, 2] as [UInt8] {
            let key = try #require(MasterKey(bytes: [UInt8](repeating: byte, count: 32)))
            for purpose in purposes {
                let derived: SymmetricKey = key.derive(purpose)
                seen.insert(derived.withUnsafeBytes { Array($0) })
            }
        }
        #expect(seen.count == 2 * purposes.count && seen.allSatisfy { $0.count == 32 })
    }
}
