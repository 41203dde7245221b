import Accounts
import Testing
import TokenCore

struct ImportedUserTests {
    private static let hash = "$argon2id$v=19$m=16,t=2,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng"

    private func mistake(_ line: String) -> String? {
        do {
            _ = try ImportedUser(Array(line.utf8))
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `a line has a name, and what else there is`() throws {
        let least = try ImportedUser(Array(#"{"username":" Ada ","password_hash":null}"#.utf8)).user
        #expect(least.account.username == "Ada" && least.account.usernameKey == "ada")
        #expect(least.account.password == nil && least.claims == nil && least.state == .active)
        let line = #"{"username":"Νικος","password_hash":"\#(Self.hash)","claims":{"a":1},"disabled":true}"#
        let most = try ImportedUser(Array(line.utf8)).user
        #expect(most.account.keys == UsernameKeys(exact: "νικος", folded: "νικοσ"))
        #expect(most.account.password?.phc == Self.hash && most.state == .disabled && most.claims?.text == #"{"a":1}"#)
    }

    @Test(arguments: [
        ("", "not valid JSON"), ("[]", "an array"), ("{}", "\"username\" is missing"),
        (#"{"username":"a","username":"b"}"#, "not valid JSON"), (#"{"username":1}"#, "an integer"),
        (#"{"username":""}"#, "not a valid name"), (#"{"username":"a\u0000b"}"#, "not a valid name"),
        (#"{"username":"01a20f85-6062-741e-a71f-9332faa492ba"}"#, "not a valid name"),
        (#"{"username":"a","password":"x"}"#, "\"password\" is not known"),
        (#"{"username":"a","Username":"x"}"#, "\"Username\" is not known"),
        (#"{"username":"a","disabled":"no"}"#, "\"disabled\": a string"),
        (#"{"username":"a","claims":[]}"#, "\"claims\": the claims are an array"),
        (#"{"username":"a","claims":{"sub":"x"}}"#, "reserved"),
        (#"{"username":"a","password_hash":"secret"}"#, "\"password_hash\": is no hash"),
        (#"{"username":"a","password_hash":{}}"#, "an object"),
    ])
    func `a mistake is named`(line: String, message: String) throws {
        let found = try #require(mistake(line))
        #expect(found.contains(message))
        // A hash and a mistyped password are not shown.
        #expect(!found.contains("secret"))
    }
}
