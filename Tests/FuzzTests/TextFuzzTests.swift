import Heirloom
import StrictCoding
import Testing
import TokenHTTP
import TokenTesting

/// Text that gets into the log, and the positions in a configuration.
struct TextFuzzTests {
    @Test func `a trace id is 32 lower-case digits of its header`() throws {
        let digits = Set("0123456789abcdef".utf8)
        for input in try Fuzzer("traceparent") {
            guard let id = TraceParent(String(decoding: input, as: UTF8.self))?.traceID else { continue }
            #expect(id.utf8.count == 32 && digits.isSuperset(of: id.utf8), "\(Fuzzer.escape(input))")
            #expect(input.dropFirst(3).starts(with: id.utf8), "\(Fuzzer.escape(input))")
        }
    }

    @Test func `each member of JSON has the position of a name`() throws {
        for input in try Fuzzer("json") {
            guard let json = try? JSONReader.read(input) else { continue }
            let offsets = MemberOffsets.all(in: input)
            #expect(offsets.values.allSatisfy { input[$0] == UInt8(ascii: "\"") }, "\(Fuzzer.escape(input))")
            guard case .object(let members) = json else { continue }
            #expect(members.allSatisfy { offsets[$0.name] != nil }, "\(Fuzzer.escape(input))")
        }
    }
}
