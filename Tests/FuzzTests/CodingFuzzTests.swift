import StrictCoding
import Testing
import TokenTesting

struct CodingFuzzTests {
    @Test func `JSON that is read and written reads back`() throws {
        for input in try Fuzzer("json") {
            guard let json = try? JSONReader.read(input) else { continue }
            #expect(try JSONReader.read(text(json)) == json, "\(Fuzzer.escape(input))")
            // The members of an object have different names, also where `String` takes them for equal.
            guard case .object(let members) = json else { continue }
            #expect(Set(members.map { Array($0.name.utf8) }).count == members.count, "\(Fuzzer.escape(input))")
            #expect(members.allSatisfy { json[$0.name] == $0.value }, "\(Fuzzer.escape(input))")
        }
    }

    @Test func `JSON nests no deeper than the bound`() throws {
        for input in try Fuzzer("json") {
            guard let json = try? JSONReader.read(input, maximumDepth: 3) else { continue }
            #expect(json.depth <= 3, "\(Fuzzer.escape(input))")
        }
    }

    @Test func `base64url that is read is written the same`() throws {
        for input in try Fuzzer("base64url") {
            guard let bytes = Base64URL.decode(input) else { continue }
            #expect(Array(Base64URL.encode(bytes).utf8) == input, "\(Fuzzer.escape(input))")
        }
    }

    private func text(_ json: JSON) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(json)
        return writer.bytes
    }
}
