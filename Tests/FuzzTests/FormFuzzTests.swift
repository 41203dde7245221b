import Testing
import TokenHTTP
import TokenTesting

struct FormFuzzTests {
    @Test func `a field is read by its name, and a repeated one is refused`() throws {
        for input in try Fuzzer("form") {
            guard (try? FormFields(input)) != nil else { continue }
            let more = try? FormFields(input + Array("&probe=%3B%CC%81".utf8))
            // There may be 64 fields already, or one of this name.
            if let more { #expect(more["probe"] == ";\u{301}", "\(Fuzzer.escape(input))") }
            guard input.contains(where: { $0 != UInt8(ascii: "&") }) else { continue }
            #expect(throws: (any Error).self, "\(Fuzzer.escape(input))") {
                try FormFields(input + [UInt8(ascii: "&")] + input)
            }
        }
    }
}
