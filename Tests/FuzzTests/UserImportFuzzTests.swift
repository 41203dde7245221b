import Accounts
import Testing
import TokenCore
import TokenTesting

struct UserImportFuzzTests {
    @Test func `a line that is accepted is within its bounds`() throws {
        for input in try Fuzzer("user-import") {
            guard let user = try? ImportedUser(input, entropy: .seeded(1)).user else { continue }
            let account = user.account
            let name = try #require(account.username)
            #expect(Username(name)?.keys == account.keys, "\(Fuzzer.escape(input))")
            #expect(user.identities.count <= IdentityRecord.maximumPerSubject, "\(Fuzzer.escape(input))")
            #expect(user.claims.map { $0.json.count <= Claims.maximumLength } != false, "\(Fuzzer.escape(input))")
            if let hash = account.password { #expect(hash.phc.utf8.count <= 512, "\(Fuzzer.escape(input))") }
        }
    }

    @Test func `a hash that is accepted is kept as it is`() throws {
        for input in try Fuzzer("password-hash") {
            guard let text = String(validating: input, as: UTF8.self),
                let hash = try? PasswordHash.checking(text)
            else { continue }
            #expect(hash.phc.utf8.elementsEqual(input), "\(Fuzzer.escape(input))")
            #expect(input.allSatisfy { (0x21...0x7E).contains($0) } && input.count <= 512, "\(Fuzzer.escape(input))")
        }
    }
}
