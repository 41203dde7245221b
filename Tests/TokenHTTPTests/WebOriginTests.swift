import Testing
import TokenHTTP

struct WebOriginTests {
    @Test(arguments: [
        "https://id.example", "https://192.0.2.1:8443", "http://localhost", "http://localhost:8080", "http://LOCALHOST",
        "http://id.localhost:8080", "http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:8080",
    ])
    func `browsers keep secure cookies of TLS and of loopback`(url: String) throws {
        #expect(try #require(WebOrigin(of: url)).isTrustworthy)
    }

    @Test(arguments: [
        "http://id.example", "http://192.0.2.1:8080", "http://10.0.0.1", "http://[2001:db8::1]:8080", "http://[::2]",
        "http://localhost.example", "http://notlocalhost", "http://127.0.0.1.example", "http://0.0.0.0:8080",
    ])
    func `browsers keep no secure cookies of plain http elsewhere`(url: String) throws {
        #expect(try #require(WebOrigin(of: url)).isTrustworthy == false)
    }
}
