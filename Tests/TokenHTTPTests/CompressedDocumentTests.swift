import HTTPTypes
import Hummingbird
import NIOCore
import Testing
import TokenHTTP

struct CompressedDocumentTests {
    private let document: CacheableDocument
    private let text = String(repeating: "a script, ", count: 200)

    init() throws {
        document = try CacheableDocument(compressing: Array(text.utf8), contentType: "text/css", maxAgeSeconds: 300)
    }

    private func response(accepting codings: [String], ifNoneMatch: String? = nil) -> Response {
        var head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/")
        head.headerFields[values: .acceptEncoding] = codings
        head.headerFields[.ifNoneMatch] = ifNoneMatch
        return document.response(to: Request(head: head, body: RequestBody(buffer: ByteBuffer())))
    }

    @Test(arguments: [
        ["gzip"], ["GZIP"], ["x-gzip"], ["deflate, gzip;q=0.5"], ["br", "gzip"], ["*"], ["*;q=0.1"], ["gzip, *;q=0"],
        ["*;q=0, gzip"], ["gzip ; q=1.0"], ["gzip;q=0.001"],
    ])
    func `a client that accepts gzip gets it`(codings: [String]) {
        let response = response(accepting: codings)
        #expect(response.headers[.contentEncoding] == "gzip" && response.headers[.vary] == "Accept-Encoding")
        #expect((response.body.contentLength ?? .max) < text.utf8.count / 10)
    }

    @Test(arguments: [
        [], [""], ["identity"], ["br"], ["gzip;q=0"], ["gzip;q=0.000"], ["*, gzip;q=0"], ["gzip;q=0, *"], ["agzip"],
        ["gzip\u{301}"], ["gzi\u{212A}"], [",;,;q=0,"], ["\"gzip\""],
    ])
    func `a client that does not accept gzip gets the document as it is`(codings: [String]) {
        let response = response(accepting: codings)
        #expect(response.headers[.contentEncoding] == nil && response.headers[.vary] == "Accept-Encoding")
        #expect(response.body.contentLength == text.utf8.count)
    }

    @Test func `each coding has its own entity tag`() throws {
        let plain = try #require(response(accepting: []).headers[.eTag])
        let gzip = try #require(response(accepting: ["gzip"]).headers[.eTag])
        #expect(plain != gzip)
        let known = response(accepting: ["gzip"], ifNoneMatch: gzip)
        #expect(known.status == .notModified && known.headers[.vary] == "Accept-Encoding")
        #expect(known.headers[.contentEncoding] == nil)
        #expect(response(accepting: ["gzip"], ifNoneMatch: plain).status == .ok)
        #expect(response(accepting: [], ifNoneMatch: gzip).status == .ok)
    }
}
