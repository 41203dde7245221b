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
    func `a time is written in RFC 3339`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test func `every second is written as Foundation writes it`() {
        var generator = SeededGenerator(seed: 5)
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
