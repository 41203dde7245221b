import Accounts
import Testing
import TokenCore

struct ClientAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::1", "0:0:0:0::/64"),
        ("2001:DB8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"), ("unknown", "unknown"),
        (":::", ":::"), ("1:2:3", "1:2:3"),
        // Translated addresses (RFC 6052), and what only looks like one.
        ("64:ff9b::192.0.2.1", "192.0.2.1"), ("64:FF9B:0:0:0:0:c000:201", "192.0.2.1"),
        ("64:ff9b:1::c000:201", "64:ff9b:1:0::/64"), ("64:ff9b:0:0:1::c000:201", "64:ff9b:0:0::/64"),
    ])
    func `addresses are counted by their network`(text: String, prefix: String) {
        #expect(ClientAddress(text).prefix == prefix)
        #expect(ClientAddress(text).text == text)
    }

    @Test func `an IPv6 address is counted by wider prefixes too`() {
        let address = ClientAddress("2001:db8:1:2fe:3:4:5:6")
        #expect(address.widerPrefixes == [.site: "2001:db8:1:200::/56", .organization: "2001:db8:1:0::/48"])
        #expect(address.network == "2001:db8:1:0::/48")
        #expect(ClientAddress("64:ff9b::192.0.2.1").widerPrefixes.isEmpty)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.0/24"), ("::ffff:192.0.2.9", "192.0.2.0/24"), ("64:ff9b::192.0.2.7", "192.0.2.0/24"),
        ("unknown", nil),
    ])
    func `IPv4 addresses of one network share a queue`(text: String, network: String?) {
        #expect(ClientAddress(text).widerPrefixes.isEmpty)
        #expect(ClientAddress(text).network == network)
    }
}
