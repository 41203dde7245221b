import Heirloom
import Migrations
import StrictCoding
import Testing
import TokenTesting

struct ArchiveFuzzTests {
    @Test func `a row that is read and written reads back`() throws {
        for input in try Fuzzer("archive") {
            guard let json = try? JSONReader.read(input), let row = ArchiveFile.decode(json) else { continue }
            let written = ArchiveFile.encode(row)
            #expect(ArchiveFile.decode(try JSONReader.read(written)) == row, "\(Fuzzer.escape(input))")
            #expect(row.newestRevocation.map { $0.magnitude <= 1 << 53 } != false, "\(Fuzzer.escape(input))")
        }
    }
}
