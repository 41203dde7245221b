import Accounts
import Testing

struct ClientAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::1", "0:0:0:0::/64"),
        ("2001:DB8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"), ("unknown", "unknown"),
        (":::", ":::"), ("1:2:3", "1:2:3"),
    ])
    func `addresses are counted by their network`(text: String, prefix: String) {
        #expect(ClientAddress(text).prefix == prefix)
    }
}
