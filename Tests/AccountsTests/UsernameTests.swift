import Accounts
import Testing

struct UsernameTests {
    @Test(arguments: ["", " ", " ada", "ada ", "a\u{0}b", "a\nb", "a\u{202E}b", String(repeating: "x", count: 129)])
    func `other texts are refused`(text: String) { #expect(Username(text) == nil) }

    @Test func `names are compared without regard to case and composition`() {
        #expect(Username("Ada")?.key == Username("aDA")?.key)
        #expect(Username("Ren\u{E9}")?.key == Username("rene\u{301}")?.key)
        #expect(Username("ada@example.com")?.text == "ada@example.com")
    }
}
