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
        func depth(_ json: JSON) -> Int {
            switch json {
            case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
            case .object(let members): 1 + (members.map { depth($0.value) }.max() ?? 0)
            default: 0
            }
        }
        for input in try Fuzzer("json") {
            guard let json = try? JSONReader.read(input, maximumDepth: 3) else { continue }
            #expect(depth(json) <= 3, "\(Fuzzer.escape(input))")
        }
    }

    @Test func `base64url that is read is written the same`() throws {
        for input in try Fuzzer("base64url") {
            guard let bytes = Base64URL.decode(input) else { continue }
            #expect(Array(Base64URL.encode(bytes).utf8) == input, "\(Fuzzer.escape(input))")
        }
    }

    private func text(_ json: JSON) -> [UInt8] {
        switch json {
        case .null: return Array("null".utf8)
        case .bool(let value): return Array("\(value)".utf8)
        case .integer(let number): return Array("\(number)".utf8)
        case .number(let number): return Array("\(number)".utf8)
        case .string(let text):
            var writer = JSONWriter()
            writer.string(text)
            return writer.bytes
        case .array(let elements):
            var writer = JSONWriter()
            writer.array { writer in for element in elements { writer.element(json: text(element)) } }
            return writer.bytes
        case .object(let members):
            return JSONWriter.object { writer in
                for member in members { writer.member(named: member.name, json: text(member.value)) }
            }
        }
    }
}
