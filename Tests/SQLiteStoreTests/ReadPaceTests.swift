import NIOCore
import SQLiteStore
import Testing

struct ReadPaceTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// For how long no look-up is permitted after look-ups of these milliseconds, one after the other.
    private func pause(after milliseconds: [Int64]) -> Int64 {
        var (pace, now) = (ReadPace(), start)
        for time in milliseconds {
            pace.took(from: now, to: now + .milliseconds(time))
            now = now + .milliseconds(time)
        }
        return (0...10_000).first { pace.permits(at: now + .milliseconds($0)) } ?? .max
    }

    @Test func `quick look-ups are always permitted`() { #expect(pause(after: Array(repeating: 1, count: 5000)) == 0) }

    @Test func `a few slow look-ups are permitted`() { #expect(pause(after: [4, 4, 2]) == 0) }

    @Test func `slow look-ups take a tenth of the time`() {
        #expect(pause(after: [20]) == 80)
        #expect(pause(after: Array(repeating: 5, count: 20)) == 800)
        #expect(pause(after: [600_000]) <= 10_000)
    }

    @Test func `look-ups pause for a second after a failure`() {
        var pace = ReadPace()
        pace.failed(at: start)
        #expect(!pace.permits(at: start + .milliseconds(999)))
        #expect(pace.permits(at: start + .seconds(1)))
    }
}
