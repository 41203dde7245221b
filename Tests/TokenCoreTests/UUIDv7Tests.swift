import Foundation
import Testing
import TokenCore
import TokenTesting

struct UUIDv7Tests {
    let entropy = Entropy.seeded(6)

    @Test func `an id holds its time, its version and its variant`() throws {
        for milliseconds in [0, 1, 1_800_000_000_123, (1 << 48) - 1] as [Int64] {
            let id = UUIDv7(at: Timestamp(milliseconds: milliseconds), random: entropy.bytes())
            #expect(id.time.milliseconds == milliseconds)
            #expect(id.bytes[6] >> 4 == 7 && id.bytes[8] >> 6 == 2)
            #expect(UUIDv7(bytes: id.bytes) == id)
            #expect(UUIDv7(id.description) == id)
            #expect(UUID(uuidString: id.description)?.uuidString.lowercased() == id.description)
        }
    }

    @Test func `ids sort by their time, as bytes and as text`() {
        let ids = (0..<200).map {
            UUIDv7(at: Timestamp(milliseconds: 1_800_000_000_000 + $0 * 77), random: entropy.bytes())
        }
        for (earlier, later) in zip(ids, ids.dropFirst()) {
            #expect(earlier.description < later.description)
            #expect(earlier.bytes.lexicographicallyPrecedes(later.bytes))
        }
    }

    @Test func `ids of one millisecond differ`() {
        let ids = (0..<10_000).map { _ in UUIDv7(at: Timestamp(seconds: 1), random: entropy.bytes()) }
        #expect(Set(ids).count == ids.count)
    }

    @Test(arguments: [
        "", "0199aaaa-0000-7000-8000-00000000000", "0199aaaa-0000-7000-8000-0000000000000",
        "0199AAAA-0000-7000-8000-000000000000", "0199aaaa00007000800000000000000000000",
        "{199aaaa-0000-7000-8000-00000000000}",
        "0199aaaa-0000-7000-8000-00000000000g", "0199aaaa-0000-7000-8000_000000000000",
        "0199aaa-a0000-7000-8000-000000000000",
        "0199aaaa-0000-7000-8000-0000000000\u{E9}", "../../../../../../../../../etc/passwd",
        "' OR 1=1 --                          ",
    ])
    func `other spellings are refused`(text: String) {
        #expect(UUIDv7(text) == nil)
        #expect(SessionID(text) == nil)
    }

    @Test(arguments: [0, 1, 15, 17, 32])
    func `other numbers of bytes are refused`(count: Int) {
        #expect(UUIDv7(bytes: [UInt8](repeating: 0, count: count)) == nil)
        if count != 32 { #expect(MasterKey(bytes: [UInt8](repeating: 0, count: count)) == nil) }
        #expect(RotationNonce(bytes: [UInt8](repeating: 0, count: count)) == nil)
    }
}
