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

    @Test func `characters are counted as grapheme clusters`() {
        let seven = String(repeating: "e\u{301}", count: 7)
        #expect(policy.objection(to: Password(seven), username: "") != nil)
        #expect(policy.objection(to: Password(seven + "x"), username: "") == nil)
    }

    @Test func `the description of a password is redacted`() {
        #expect("\(Password("correct horse"))" == "Password(redacted)")
    }
}
