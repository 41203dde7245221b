import HTTPTypes
import Testing
import TokenHTTP

struct HeaderFieldsTests {
    private let fields: HeaderFields = [
        HTTPField.Name("aCCept")!: "a", .acceptEncoding: "b", HTTPField.Name("ACCEPT")!: "c",
    ]

    @Test func `a name is compared in any case, as a whole`() {
        #expect(fields[values: .accept] == ["a", "c"])
        #expect(fields[values: .acceptEncoding] == ["b"])
        #expect(fields[values: .acceptLanguage].isEmpty)
    }

    @Test(arguments: [" a b\t", "a b  ", "\ta b", "a b"])
    func `white space around a value is no part of it`(sent: String) {
        let fields: HeaderFields = [.accept: sent]
        #expect(fields[.accept] == "a b" && fields[values: .accept] == ["a b"])
    }

    @Test func `several values are one list`() {
        #expect(fields[.accept] == "a, c")
        #expect(fields[.acceptEncoding] == "b")
        #expect(fields[.acceptLanguage] == nil)
    }

    @Test func `a value that is set takes the place of all others`() {
        var fields = fields
        fields[.accept] = "d"
        #expect(fields[values: .accept] == ["d"] && fields[.acceptEncoding] == "b")
        fields[.accept] = nil
        #expect(fields[values: .accept].isEmpty && fields[.acceptEncoding] == "b")
    }

    @Test func `fields are added behind the others`() {
        var fields: HeaderFields = [.vary: "1", .eTag: "2"]
        fields.append(.vary, "3")
        fields.append(contentsOf: [.vary: "4", .allow: "5"])
        #expect(fields[values: .vary] == ["1", "3", "4"] && fields[.eTag] == "2" && fields[.allow] == "5")
    }

    @Test(arguments: [("\r\nX: y", "  X: y"), ("\n", " "), ("\r", " "), ("\0", " "), ("\u{7F}", " "), ("\u{1F}", " ")])
    func `a control character becomes a space`(control: String, written: String) {
        let fields: HeaderFields = [.vary: "a" + control + "b"]
        #expect(fields[.vary] == "a" + written + "b")
    }

    @Test(arguments: ["a\tb", "é", ""])
    func `other characters stay`(value: String) {
        let fields: HeaderFields = [.vary: value]
        #expect(fields[.vary] == value)
    }
}
