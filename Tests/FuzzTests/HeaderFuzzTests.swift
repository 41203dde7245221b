import Accounts
import Foundation
import HTTPTypes
import Testing
import TokenHTTP
import TokenTesting
import TokenVerifierHummingbird

/// Headers, with the bytes of an input between parts that the test knows.
struct HeaderFuzzTests {
    private func request(_ name: HTTPField.Name, _ values: String...) -> Request {
        var headers: HeaderFields = [:]
        for value in values { headers.append(name, value) }
        return Request(.get, "/", headers: headers)
    }

    @Test func `an access token is ASCII and follows its scheme`() throws {
        for input in try Fuzzer("authorization") {
            let text = String(decoding: input, as: UTF8.self)
            guard let read = try? TokenCredential([text]) else { continue }
            #expect(text.utf8.starts(with: "\(read.scheme) ".utf8) { $0 | 0x20 == $1 }, "\(Fuzzer.escape(input))")
            let token = read.token
            #expect(
                token.utf8.allSatisfy { $0 < 0x80 } && token.utf8.first != UInt8(ascii: " "), "\(Fuzzer.escape(input))")
            #expect(text.utf8.suffix(token.utf8.count).elementsEqual(token.utf8), "\(Fuzzer.escape(input))")
        }
    }

    @Test func `Basic credentials that are read and written read back`() throws {
        func encode(_ text: String) -> String {
            text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        for input in try Fuzzer("authorization") {
            let text = String(decoding: input, as: UTF8.self)
            guard let read = try? BasicCredentials(request(.authorization, text)) else { continue }
            let written = "Basic " + Data("\(encode(read.client)):\(encode(read.secret))".utf8).base64EncodedString()
            let again = try #require(try BasicCredentials(request(.authorization, written)))
            #expect(again.client.utf8.elementsEqual(read.client.utf8), "\(Fuzzer.escape(input))")
            #expect(again.secret.utf8.elementsEqual(read.secret.utf8), "\(Fuzzer.escape(input))")
        }
    }

    /// Another site of the domain can set any cookie but those with the prefix `__Host-`. Only an ASCII semicolon ends
    /// a cookie (RFC 6265 §4.2.1).
    @Test func `another site's cookie neither hides nor makes a session cookie`() throws {
        let name = "__Host-heirloom-refresh"
        for input in try Fuzzer("cookie") {
            let text = String(decoding: input, as: UTF8.self)
            // The field replaces line ends by spaces.
            let value = request(.cookie, text).headers[.cookie] ?? ""
            let isForged = value.utf8.split(separator: UInt8(ascii: ";")).contains { pair in
                let pair = pair.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                return pair.starts(with: "\(name)=".utf8) || pair.starts(with: "__Host-heirloom-access=".utf8)
            }
            guard !isForged else { continue }
            #expect(try BrowserCookies(request(.cookie, text))?.refresh == nil, "\(Fuzzer.escape(input))")
            #expect(
                try BrowserCookies(request(.cookie, "\(text); \(name)=own"))?.refresh == "own",
                "\(Fuzzer.escape(input))")
            #expect(
                try BrowserCookies(request(.cookie, "\(name)=own; \(text)"))?.refresh == "own",
                "\(Fuzzer.escape(input))")
            #expect(
                try BrowserCookies(request(.cookie, text, "\(name)=own"))?.refresh == "own", "\(Fuzzer.escape(input))")
        }
    }

    @Test func `what a client writes into X-Forwarded-For does not hide its address`() throws {
        let proxies = try #require(TrustedProxies(["10.0.0.0/8"]))
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        func origin(_ values: String...) -> String {
            var headers = HeaderFields()
            for value in values { headers.append(name, value) }
            return proxies.origin(of: proxies.peer("10.0.0.1"), headers: headers).text
        }
        for input in try Fuzzer("x-forwarded-for") {
            let text = String(decoding: input, as: UTF8.self)
            #expect(origin("\(text), 192.0.2.9") == "192.0.2.9", "\(Fuzzer.escape(input))")
            #expect(origin(text, "192.0.2.9, 10.0.0.2") == "192.0.2.9", "\(Fuzzer.escape(input))")
            #expect(IPAddress(origin(text)) != nil, "\(Fuzzer.escape(input))")
        }
    }

    @Test func `a document is known only by its own entity tag`() throws {
        let document = CacheableDocument(Array("{}".utf8), contentType: "application/json", maxAgeSeconds: 300)
        let etag = try #require(document.response(to: request(.ifNoneMatch)).headers[.eTag])
        let own = Fuzzer(corpus: [etag, "W/\(etag)", "\"a\", \(etag)"].map { Array($0.utf8) })
        for input in [try Fuzzer("if-none-match"), own].joined() {
            let conditional = request(.ifNoneMatch, String(decoding: input, as: UTF8.self))
            guard document.response(to: conditional).status == .notModified else { continue }
            // The field replaces line ends by spaces and removes what is not allowed in it.
            let value = conditional.headers[.ifNoneMatch] ?? ""
            let isNamed = value.utf8.split(separator: UInt8(ascii: ",")).contains { tag in
                let tag = String(decoding: tag, as: UTF8.self).trimmingCharacters(in: .whitespaces)
                return tag == "*" || tag == etag || tag == "W/" + etag
            }
            #expect(isNamed, "\(Fuzzer.escape(input))")
        }
    }

    @Test func `a language is preferred only if a short header names it`() throws {
        for input in try Fuzzer("accept-language") {
            let headers = request(.acceptLanguage, String(decoding: input, as: UTF8.self)).headers
            guard let preferred = AcceptedLanguages(headers).preferred(among: ["en", "de"]) else { continue }
            let value = (headers[.acceptLanguage] ?? "").lowercased()
            #expect(value.utf8.count <= 1024, "\(Fuzzer.escape(input))")
            #expect(value.contains(preferred) || value.contains("*"), "\(Fuzzer.escape(input))")
        }
    }
}
