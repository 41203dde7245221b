import StrictCoding
import Testing

struct JSONTests {
    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{a:1}", "{'a':1}",
        "01",
        "+1", ".5", "1.", "1e", "-", "--1", "0x10", "NaN", "Infinity", "1e999", "-1e400", "1e99999999999999999999",
        "-01", "1.e1", "tru", "nul", "\"", "\"\n\"", "\"\\x\"",
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
        ("-9223372036854775809", .number(-9_223_372_036_854_775_808)), ("1.0", .number(1)), ("-0.0", .number(0)),
        ("1e-999", .number(0)), ("10000000000000000000000e-22", .number(1)),
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

    /// `é` and `e` + U+0301 are equal for `String`, as are K and the Kelvin sign.
    @Test(arguments: [
        ("\u{E9}", "e\u{301}"), ("K", "\u{212A}"), (";", "\u{37E}"), ("a\u{301}\u{316}", "a\u{316}\u{301}"),
    ])
    func `canonically equivalent names are different members`(first: String, second: String) throws {
        for others in [0, 40] {
            let padding = (0..<others).map { "\"\($0)\":0," }.joined()
            let text = "{\(padding)\"\(first)\":1,\"\(second)\":2}"
            let json = try JSONReader.read(Array(text.utf8))
            #expect(json[first] == .integer(1) && json[second] == .integer(2))
            #expect(throws: JSONReader.Failure.self) {
                try JSONReader.read(Array("{\(padding)\"\(first)\":1,\"\(second)\":2,\"\(first)\":3}".utf8))
            }
        }
        #expect(JSON.string(first) != .string(second) && ExactText(first) != ExactText(second))
        #expect(!first.isExactly(second) && first.isExactly(String(first)))
    }

    @Test func `of many members each is found and a duplicate is refused`() throws {
        let names = (0..<3000).map { "n\($0)" }
        let members = names.map { "\"\($0)\":\"\($0)\"" }.joined(separator: ",")
        let json = try JSONReader.read(Array("{\(members)}".utf8))
        guard case .object(let object) = json else {
            Issue.record("the text is an object")
            return
        }
        #expect(object.map(\.name) == names && names.allSatisfy { json[$0] == .string($0) } && json["n3000"] == nil)
        for name in ["n0", "n16", "n17", "n2999"] {
            #expect(throws: JSONReader.Failure.self) {
                try JSONReader.read(Array("{\(members),\"\(name)\":0}".utf8))
            }
        }
    }

    @Test func `objects are equal in any order`() {
        let object: JSONObject = ["a": .integer(1), "b": .null]
        #expect(object == ["b": .null, "a": .integer(1)])
        #expect(object != ["a": .integer(1)] && object != ["a": .integer(1), "c": .null])
        #expect(object.filter { $0.value != .null } == ["a": .integer(1)])
    }

    @Test(arguments: [
        String(repeating: "\u{301}\u{316}", count: 4000), String(repeating: "a", count: 15_000), "a\\u0000",
        "\u{202E}a",
    ])
    func `a message repeats only a short name of printable ASCII characters`(name: String) {
        let error = #expect(throws: JSONReader.Failure.self) {
            try JSONReader.read(Array("{\"\(name)\":1,\"\(name)\":2}".utf8))
        }
        #expect(error?.reason == "a member appears more than once")
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
        #expect(values.compactMap(\.ascii) == ["x"] && JSON.string("\u{212A}").ascii == nil)
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
