import StrictCoding
import Testing

struct JSONTests {
    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{a:1}", "{'a':1}",
        "01",
        "+1", ".5", "1.", "1e", "-", "--1", "0x10", "NaN", "Infinity", "1e999", "tru", "nul", "\"", "\"\n\"", "\"\\x\"",
        "\"\\u12\"", "\"\\ud800\"", "\"\\ud800x\"", "\"\\udc00\"", "1 2", "{} x", "\u{FEFF}{}", "[", "[[]", "// x\n1",
        "{\"a\" 1}",
    ])
    func `text that is not strict JSON is refused`(text: String) {
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test func `nesting is bounded`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        _ = try JSONReader.read(nested(5), maximumDepth: 5)
        _ = try JSONReader.read(Array(#"{"a":{"b":1}}"#.utf8), maximumDepth: 2)
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read(nested(6), maximumDepth: 5) }
        #expect(throws: JSONReader.Failure.self) {
            try JSONReader.read(Array(#"{"a":{"b":{}}}"#.utf8), maximumDepth: 2)
        }
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read(nested(100_000), maximumDepth: 16) }
        #expect(throws: JSONReader.Failure.self) {
            try JSONReader.read(Array(repeating: UInt8(ascii: "["), count: 100_000))
        }
    }

    @Test(arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]])
    func `invalid UTF-8 is refused`(bytes: [UInt8]) {
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read(bytes) }
    }

    @Test(arguments: [
        ("9223372036854775807", JSON.integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("-0", .integer(0)), ("0.0", .number(0)),
        ("1E+2", .number(100)), ("1e-2", .number(0.01)), ("\t1\r\n", .integer(1)),
        ("\"\\u0000\"", .string("\u{0}")), ("\"\\uD83D\\uDE00\"", .string("\u{1F600}")),
        ("\"\u{7F}\"", .string("\u{7F}")),
    ])
    func `values at the limits are read exactly`(text: String, value: JSON) throws {
        #expect(try JSONReader.read(Array(text.utf8)) == value)
    }

    /// The reader returns or throws for every truncation and for every change of one byte. It never traps.
    @Test func `damaged text never traps`() {
        let bytes = Array(#"{"a":[1.5e3,true,"\u00e9\ud83d\ude00x"],"b":{"c":null,"d":-12}}"#.utf8)
        for count in bytes.indices {
            #expect(throws: JSONReader.Failure.self) { try JSONReader.read(Array(bytes.prefix(count))) }
        }
        for index in bytes.indices {
            for byte in UInt8.min...UInt8.max {
                var damaged = bytes
                damaged[index] = byte
                _ = try? JSONReader.read(damaged)
            }
        }
    }

    @Test func `an error names the position and the reason`() {
        let error = #expect(throws: JSONReader.Failure.self) { try JSONReader.read(Array(#"{"a":1,"a":2}"#.utf8)) }
        #expect(error?.description == #"the member "a" appears more than once (at byte 12)"#)
    }

    @Test func `each accessor answers for its own type only`() {
        let values: [JSON] = [
            .null, .bool(true), .integer(1), .number(1.5), .string("x"), .array([.string("x")]), .object([:]),
        ]
        #expect(Set(values.map(\.kind)).count == values.count)
        #expect(values.compactMap(\.string) == ["x"] && values.compactMap(\.integer) == [1])
        #expect(values.compactMap(\.strings) == [["x"]])
        #expect(JSON.array([.string("x"), .integer(1)]).strings == nil)
        #expect(values.allSatisfy { $0["x"] == nil })
    }

    @Test func `values of every type are read`() throws {
        let text = #" {"a":[1,-2,0,1.5,1e2,true,false,null],"b":{"c":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}} "#
        #expect(
            try JSONReader.read(Array(text.utf8))
                == .object([
                    "a": .array([
                        .integer(1), .integer(-2), .integer(0), .number(1.5), .number(100), .bool(true), .bool(false),
                        .null,
                    ]), "b": .object(["c": .string("\"\\/\u{8}\u{C}\n\r\té😀")]),
                ]))
    }

    @Test func `written JSON reads back`() throws {
        let hostile = "\u{0}\u{1}\u{1F}\"\\/\u{7F}é😀</script>"
        let bytes = JSONWriter.object { json in
            json.member("string", hostile)
            json.member("integer", -42)
            json.member("flag", true)
            json.member("list", ["a", hostile])
            json.member("object", object: { $0.member("empty", "") })
            json.member("array", array: { json in for _ in 0..<2 { json.object { $0.member("x", false) } } })
            json.member(named: hostile, "value")
        }
        #expect(
            try JSONReader.read(bytes)
                == .object([
                    "string": .string(hostile), "integer": .integer(-42), "flag": .bool(true),
                    "list": .array([.string("a"), .string(hostile)]), "object": .object(["empty": .string("")]),
                    "array": .array([.object(["x": .bool(false)]), .object(["x": .bool(false)])]),
                    hostile: .string("value"),
                ]))
    }
}
