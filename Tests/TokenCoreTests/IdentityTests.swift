import Crypto
import Foundation
import Testing
import TokenCore
import TokenTesting

struct TimestampTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_799_999, "2000-02-29T23:59:59.999Z"),
        (1_709_164_800_250, "2024-02-29T00:00:00.250Z"), (1_735_689_599_999, "2024-12-31T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func `a moment is written in RFC 3339`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test func `any second is written as Foundation writes it`() {
        let generator = SeededEntropy(seed: 5)
        for _ in 0..<2000 {
            let seconds = Int(generator.next() % 250_000_000_000)
            let expected = Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
            #expect(Timestamp(seconds: seconds).description == expected.dropLast() + ".000Z")
        }
    }

    @Test(arguments: [(Int64(999), 0), (1000, 1), (0, 0), (-1, -1), (-1000, -1), (1_800_000_000_999, 1_800_000_000)])
    func `a NumericDate is rounded down`(milliseconds: Int64, seconds: Int) {
        #expect(Timestamp(milliseconds: milliseconds).seconds == seconds)
    }
}

struct UUIDv7Tests {
    let entropy = SeededEntropy(seed: 6).entropy

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

    @Test func `later ids sort behind earlier ones, as bytes and as text`() {
        let ids = (0..<200).map {
            UUIDv7(at: Timestamp(milliseconds: 1_800_000_000_000 + $0 * 77), random: entropy.bytes())
        }
        for (earlier, later) in zip(ids, ids.dropFirst()) {
            #expect(earlier.description < later.description)
            #expect(earlier.bytes.lexicographicallyPrecedes(later.bytes))
        }
    }

    @Test func `no two ids of one millisecond are the same`() {
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
    func `another spelling is none`(text: String) {
        #expect(UUIDv7(text) == nil)
        #expect(SessionID(text) == nil)
    }

    @Test(arguments: [0, 1, 15, 17, 32])
    func `another number of bytes is none`(count: Int) {
        #expect(UUIDv7(bytes: [UInt8](repeating: 0, count: count)) == nil)
        if count != 32 { #expect(MasterKey(bytes: [UInt8](repeating: 0, count: count)) == nil) }
        #expect(RotationNonce(bytes: [UInt8](repeating: 0, count: count)) == nil)
    }
}

struct ScopeTests {
    @Test(arguments: [
        ("", [String]()), ("read", ["read"]), ("read write", ["read", "write"]),
        ("  read   write ", ["read", "write"]),
        ("b a b", ["b", "a"]), ("!#[]~", ["!#[]~"]), ("https://x.example/y?z=1", ["https://x.example/y?z=1"]),
    ])
    func `a scope is a set in its order`(text: String, tokens: [String]) {
        #expect(Scope(text)?.tokens == tokens)
        #expect(Scope(text)?.description == tokens.joined(separator: " "))
    }

    @Test(arguments: [
        "a\"b", "a\\b", "a\tb", "a\nb", "a\u{0}", "\u{7F}", "caf\u{E9}", String(repeating: "a", count: 1025),
    ])
    func `characters that RFC 6749 does not allow are refused`(text: String) { #expect(Scope(text) == nil) }

    @Test func `a narrower scope is a subset, a wider one is not`() throws {
        let wide = try #require(Scope("read write"))
        let narrow = try #require(Scope("write"))
        #expect(narrow.isSubset(of: wide) && wide.isSubset(of: wide) && Scope.none.isSubset(of: narrow))
        #expect(!wide.isSubset(of: narrow) && !wide.isSubset(of: .none))
    }
}

struct NameTests {
    @Test(arguments: [("K", "\u{212A}"), ("\u{E9}", "e\u{301}"), ("a", "a\u{0}"), ("a", "A"), ("", " ")])
    func `names are the same when their bytes are`(one: String, other: String) {
        #expect(SubjectID(one) != SubjectID(other))
        #expect(ClientID(one) != ClientID(other))
        #expect(Set([SubjectID(one), SubjectID(other), SubjectID(one)]).count == 2)
        #expect(Set([ClientID(one), ClientID(other), ClientID(one)]).count == 2)
        #expect(SubjectID(one) == SubjectID(one))
    }
}

struct SecretsTests {
    @Test func `nothing that holds a secret prints it`() throws {
        let key = try #require(MasterKey(bytes: [UInt8](repeating: 65, count: 32)))
        #expect("\(key)" == "MasterKey(redacted)")
        #expect("\(PasswordHash(phc: "$argon2id$secret"))" == "PasswordHash(redacted)")
    }

    @Test func `each purpose has a key of its own, and each master key has its own set`() throws {
        let purposes: [MasterKey.Purpose] = [
            .refreshTokenMAC, .refreshTokenSuccessor, .signingKeyEncryption, .csrf, .referenceTokenMAC,
        ]
        var seen = Set<[UInt8]>()
        for byte in [1, 2] as [UInt8] {
            let key = try #require(MasterKey(bytes: [UInt8](repeating: byte, count: 32)))
            for purpose in purposes { seen.insert(key.derive(purpose).withUnsafeBytes { Array($0) }) }
        }
        #expect(seen.count == 2 * purposes.count && seen.allSatisfy { $0.count == 32 })
    }

    @Test func `the system's randomness does not repeat itself`() {
        let drawn = (0..<1000).map { _ in (Entropy.system.bytes() as RandomBytes<16>).bytes }
        #expect(Set(drawn).count == 1000 && drawn.allSatisfy { $0.count == 16 })
    }
}
