import Testing
import TokenHTTP

struct LoopbackHostTests {
    @Test(arguments: [
        "localhost", "LocalHost", "localhost.", "console.localhost", "127.0.0.1", "127.1.2.3", "[::1]",
        "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
    ])
    func `a Host header that names loopback, with any port`(host: String) {
        for port in ["", ":", ":80", ":8081"] { #expect(LoopbackHost.isNamed(by: host + port), "\(host)\(port)") }
    }

    @Test(arguments: [
        "", ":", ":8081", "evil.example", "evil.example:8081", "localhost.evil.example", "xlocalhost", ".localhost.x",
        "127.0.0.1.evil.example", "128.0.0.1", "0.0.0.0", "10.0.0.1", "[::]", "[::2]", "[::ffff:10.0.0.1]",
        "localhost:x",
        "localhost:80:80", "localhost, evil.example", "user@localhost", "localhost/", "[::1", "[::1]x", "[]", "[", "]",
        "localho\u{17F}t", "localhost\u{301}", "127.0.0.1\0", "2130706433", "0x7f.1",
    ])
    func `a Host header that names something else`(host: String) { #expect(!LoopbackHost.isNamed(by: host)) }

    @Test func `the host of a configuration has no port`() {
        for host in ["localhost", "127.0.0.1", "127.0.0.2", "::1"] { #expect(LoopbackHost.contains(host)) }
        for host in ["0.0.0.0", "::", "10.0.0.1", "admin.example", "unix:/run/x", ""] {
            #expect(!LoopbackHost.contains(host))
        }
    }
}
