import Accounts
import HTTPTypes
import Testing
import TokenHTTP

struct TrustedProxiesTests {
    private func origin(_ peer: String?, _ forwarded: String?, trusting list: [String]) throws -> String {
        let proxies = try #require(TrustedProxies(list))
        var headers = HeaderFields()
        if let forwarded, let name = HTTPField.Name("X-Forwarded-For") { headers[name] = forwarded }
        return proxies.origin(of: proxies.peer(peer), headers: headers).text
    }

    @Test(arguments: [
        ("10.1.2.3", "192.0.2.1", "192.0.2.1"), ("10.1.2.3", "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        ("10.1.2.3", "192.0.2.1, 10.9.9.9", "192.0.2.1"), ("10.1.2.3", "10.9.9.9", "10.9.9.9"),
        ("10.1.2.3", "192.0.2.1, junk", "10.1.2.3"), ("10.1.2.3", "junk, 192.0.2.1", "192.0.2.1"),
        ("10.1.2.3", nil, "10.1.2.3"), ("11.1.2.3", "192.0.2.1", "11.1.2.3"), ("unknown", "192.0.2.1", "unknown"),
        ("2001:db8::1", "2001:db8::2, 192.0.2.1", "192.0.2.1"), ("2001:db9::1", "192.0.2.1", "2001:db9::1"),
    ])
    func `the origin is the last address that is not a trusted proxy's`(
        peer: String, forwarded: String?, expected: String
    ) throws {
        #expect(try origin(peer, forwarded, trusting: ["10.0.0.0/8", "2001:db8::/32"]) == expected)
    }

    @Test(arguments: [
        ("192.0.2.1", ["unix"], "192.0.2.1"), ("192.0.2.1, 10.1.2.3", ["unix", "10.0.0.0/8"], "192.0.2.1"),
        ("192.0.2.1, 10.1.2.3", ["unix"], "10.1.2.3"), ("junk", ["unix"], "unknown"), (nil, ["unix"], "unknown"),
        ("192.0.2.1", [], "unknown"), ("192.0.2.1", ["0.0.0.0/0", "::/0"], "unknown"),
    ])
    func `the peer of a Unix socket is a proxy if it is trusted`(
        forwarded: String?, trusted: [String], expected: String
    ) throws {
        #expect(try origin(nil, forwarded, trusting: trusted) == expected)
        // It says nothing about other peers.
        #expect(try origin("198.51.100.1", "192.0.2.1", trusting: ["unix"]) == "198.51.100.1")
    }

    @Test(arguments: [
        ("10.0.0.0/8", "::ffff:10.1.2.3"), ("::ffff:10.0.0.0/104", "10.1.2.3"), ("::ffff:10.1.2.3", "10.1.2.3"),
        ("::ffff:0:0/96", "10.1.2.3"),
    ])
    func `an IPv4-mapped IPv6 address is the IPv4 address`(trusted: String, peer: String) throws {
        #expect(try origin(peer, "192.0.2.1", trusting: [trusted]) == "192.0.2.1")
        #expect(try origin("2001:db8::1", "192.0.2.1", trusting: [trusted]) == "2001:db8::1")
    }

    @Test(arguments: [
        "", "10", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/x", "::/129", "proxy.example",
        "[::1]", "10.0.0.1:80", "::ffff:10.0.0.0/8", "Unix", "unix:", "unix:/run/proxy.sock",
    ])
    func `other text is not an address or a CIDR block`(text: String) {
        #expect(TrustedProxies([text]) == nil)
    }
}
