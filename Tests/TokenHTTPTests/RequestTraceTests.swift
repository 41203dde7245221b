import HTTPTypes
import Testing
import TokenHTTP

struct RequestTraceTests {
    private let traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
    private var valid: String { "00-\(traceID)-00f067aa0ba902b7-01" }

    @Test func `a traceparent gives its trace id`() {
        #expect(TraceParent(valid)?.traceID == traceID)
        // W3C Trace Context §4.3: of a later version, what follows is not read.
        for later in ["cc-\(traceID)-00f067aa0ba902b7-01", "cc-\(traceID)-00f067aa0ba902b7-01-what=ever"] {
            #expect(TraceParent(later)?.traceID == traceID)
        }
    }

    @Test(arguments: [
        "", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.extra",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0\n",
        "00-4bf92f3577b34da6a3ce929d0e0e473\u{e9}-00f067aa0ba902b7-01",
    ])
    func `a malformed traceparent gives none`(value: String) { #expect(TraceParent(value) == nil) }

    @Test func `two traceparents are none`() {
        var headers = HeaderFields()
        for _ in 1...2 { headers.append(HTTPField.Name("traceparent")!, valid) }
        #expect(RequestTrace(headers, isFromProxy: true).traceID == nil)
    }

    @Test(arguments: [
        ("abc-123", true), (String(repeating: "x", count: 128), true), ("", false), ("a b", false), ("a\u{e9}", false),
        (String(repeating: "x", count: 129), false),
    ])
    func `a trusted proxy's request id is kept if it is short visible ASCII`(id: String, isKept: Bool) {
        var headers = HeaderFields()
        headers.append(HTTPField.Name("X-Request-Id")!, id)
        #expect((RequestTrace(headers, isFromProxy: true).requestID == id) == isKept)
        let own = RequestTrace(headers, isFromProxy: false).requestID
        #expect(own != id && !own.isEmpty)
        headers.append(HTTPField.Name("X-Request-Id")!, id)
        #expect(RequestTrace(headers, isFromProxy: true).requestID != id)
    }
}
