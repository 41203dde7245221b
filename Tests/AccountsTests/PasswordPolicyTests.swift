import Accounts
import Testing

struct PasswordPolicyTests {
    let policy = PasswordPolicy(minimumLength: 8)

    @Test(arguments: [
        "correct horse", "xkcd-936", "\u{1F40E}\u{1F50B}\u{1F4CE}\u{1F5C2}\u{1F40E}\u{1F50B}\u{1F4CE}!", "        a",
        String(repeating: "ab", count: 512), "12345679a", "p\u{0}ssw\u{F6}rd",
    ])
    func `all characters are accepted`(password: String) {
        #expect(policy.objection(to: Password(password), username: "ada") == nil)
    }

    @Test(arguments: [
        "", "1234567", "\u{1F40E}\u{1F40E}", String(repeating: "ab", count: 512) + "c", "Password1", "qwertyuiop",
        "        ", "98765432", "ADA.LOVELACE",
    ])
    func `short, long and common passwords are refused`(password: String) {
        #expect(policy.objection(to: Password(password), username: "Ada.Lovelace") != nil)
    }

    @Test(arguments: ["\u{915}\u{94D}\u{937}\u{92E}\u{93E}\u{928}\u{947}\u{902}", "\u{1F469}\u{200D}\u{1F4BB}abcde"])
    func `letters of several code points count as several`(eight: String) {
        #expect(policy.objection(to: Password(eight), username: "") == nil)
        #expect(policy.objection(to: Password(String(eight.unicodeScalars.dropLast())), username: "") != nil)
    }

    @Test func `code points are counted in NFC`() {
        let seven = String(repeating: "e\u{301}", count: 7)
        #expect(policy.objection(to: Password(seven), username: "") != nil)
        #expect(policy.objection(to: Password(seven + "x"), username: "") == nil)
    }

    @Test func `the description of a password is redacted`() {
        #expect("\(Password("correct horse"))" == "Password(redacted)")
    }
}
