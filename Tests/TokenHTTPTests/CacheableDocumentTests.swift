import HTTPTypes
import Testing
import TokenHTTP

struct CacheableDocumentTests {
    private let document = CacheableDocument(Array("{}".utf8), contentType: "application/json", maxAgeSeconds: 300)

    private func response(ifNoneMatch: [String] = []) -> Response {
        var headers: HeaderFields = [:]
        for value in ifNoneMatch { headers.append(.ifNoneMatch, value) }
        return document.response(to: Request(.get, "/", headers: headers))
    }

    @Test func `a document has a strong entity tag and may be cached`() throws {
        let response = response()
        #expect(response.status == .ok && response.headers[.contentType] == "application/json")
        #expect(response.headers[.cacheControl] == "public, max-age=300")
        let etag = try #require(response.headers[.eTag])
        #expect(etag.hasPrefix("\"") && etag.hasSuffix("\"") && etag.count > 2)
    }

    @Test func `a client that has the document gets 304`() throws {
        let etag = try #require(response().headers[.eTag])
        for known in [[etag], ["W/\(etag)"], ["*"], ["\"a\", \(etag)"], ["\"a\" , W/\(etag)"], ["\"a\"", etag]] {
            let response = response(ifNoneMatch: known)
            #expect(response.status == .notModified && response.contentLength == 0, "\(known)")
            #expect(response.headers[.eTag] == etag && response.headers[.contentType] == nil)
        }
        for other in [[], [""], ["\"a\""], [String(etag.dropFirst().dropLast())], ["\"a\", W/"]] {
            #expect(response(ifNoneMatch: other).status == .ok, "\(other)")
        }
    }
}
