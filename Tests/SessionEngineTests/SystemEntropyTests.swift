import SessionEngine
import Testing
import TokenCore

struct SystemEntropyTests {
    @Test func `random numbers do not repeat`() {
        let drawn = (0..<1000).map { _ in (Entropy.system.bytes() as RandomBytes<16>).bytes }
        #expect(Set(drawn).count == 1000 && drawn.allSatisfy { $0.count == 16 })
    }

    @Test func `more bytes than a block are random too`() {
        let bytes = (Entropy.system.bytes() as RandomBytes<1000>).bytes
        #expect(bytes.count == 1000 && Set(bytes).count > 200)
    }
}
