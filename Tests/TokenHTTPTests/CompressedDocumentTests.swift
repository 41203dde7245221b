import HTTPTypes
import Synchronization
import Testing
import TokenHTTP

struct CompressedDocumentTests {
    private let document: CompressedDocument
    private let text = String(repeating: "a script, ", count: 200)
    private let uses = Uses()

    /// Counts how often the bytes of the document are asked for.
    private final class Uses: Sendable {
        let count = Mutex(0)
    }

    init() {
        document = CompressedDocument(
            { [text, uses] in
                uses.count.withLock { $0 += 1 }
                return Array(text.utf8)
            }, contentType: "text/css", maxAgeSeconds: 300)
    }

    private func response(accepting codings: [String], ifNoneMatch: String? = nil) throws -> Response {
        var headers: HeaderFields = [:]
        for value in codings { headers.append(.acceptEncoding, value) }
        headers[.ifNoneMatch] = ifNoneMatch
        return try document.response(to: Request(.get, "/", headers: headers))
    }

    @Test(arguments: [
        ["gzip"], ["GZIP"], ["x-gzip"], ["deflate, gzip;q=0.5"], ["br", "gzip"], ["*"], ["*;q=0.1"], ["gzip, *;q=0"],
        ["*;q=0, gzip"], ["gzip ; q=1.0"], ["gzip;q=0.001"],
    ])
    func `a client that accepts gzip gets it`(codings: [String]) throws {
        let response = try response(accepting: codings)
        #expect(response.headers[.contentEncoding] == "gzip" && response.headers[.vary] == "Accept-Encoding")
        #expect((response.contentLength ?? .max) < text.utf8.count / 10)
    }

    @Test(arguments: [
        [], [""], ["identity"], ["br"], ["gzip;q=0"], ["gzip;q=0.000"], ["*, gzip;q=0"], ["gzip;q=0, *"], ["agzip"],
        ["gzip\u{301}"], ["gzi\u{212A}"], [",;,;q=0,"], ["\"gzip\""],
    ])
    func `a client that does not accept gzip gets the document as it is`(codings: [String]) throws {
        let response = try response(accepting: codings)
        #expect(response.headers[.contentEncoding] == nil && response.headers[.vary] == "Accept-Encoding")
        #expect(response.contentLength == text.utf8.count)
    }

    @Test func `each coding has its own entity tag`() throws {
        let plain = try #require(try response(accepting: []).headers[.eTag])
        let gzip = try #require(try response(accepting: ["gzip"]).headers[.eTag])
        #expect(plain != gzip)
        let known = try response(accepting: ["gzip"], ifNoneMatch: gzip)
        #expect(known.status == .notModified && known.headers[.vary] == "Accept-Encoding")
        #expect(known.headers[.contentEncoding] == nil)
        #expect(try response(accepting: ["gzip"], ifNoneMatch: plain).status == .ok)
        #expect(try response(accepting: [], ifNoneMatch: gzip).status == .ok)
    }

    @Test func `a document is made when it is first asked for, and once`() async throws {
        #expect(uses.count.withLock { $0 } == 0)
        try await withThrowingTaskGroup { group in
            for _ in 0..<8 { group.addTask { _ = try response(accepting: ["gzip"]) } }
            try await group.waitForAll()
        }
        #expect(uses.count.withLock { $0 } == 1)
    }
}
