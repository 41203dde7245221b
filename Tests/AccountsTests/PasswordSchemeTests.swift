import Accounts
import Testing
import TokenCore

/// Hashes that other programs have made: bcrypt 5.0.0, passlib 1.7.4, Django 5.2 and argon2-cffi 25.1, at low costs.
/// `Tests/Contract/test_user_import.py` checks fresh ones.
struct PasswordSchemeTests {
    static let known: [(password: String, hash: String)] = [
        ("correct horse", "$2a$04$tcNbgRas8mmt8VWsE4SK0.K1wRrHedS3k1C6.OYAw9aWgoEuAgA3a"),
        ("correct horse", "$2b$04$X2xWlU/kLRg8GAYySHVZIOgbBBkeyWJuKyaYKGMU01GZjnyluajRy"),
        ("correct horse", "$2y$04$GzjS3Y/MCA.QZd.pS9LAC.0/pEap5mwMfnn6G7kOCv7gACOkGs5UC"),
        ("pässwörd ✓", "$2a$04$SUgxuCII1kIsKAbiNTHyHeEq8x8pLZP1/OHCA/xSbJYoWpsh7uB/S"),
        ("pässwörd ✓", "$2b$04$mw1lWfPPb/NsC1Ub1PK5VuIDnG0l54.cfXijNa278htIr.ml.Efha"),
        ("pässwörd ✓", "$2y$04$6mR0WFZGDWEo0clMfNbncu926BNZScLYaAD0KF8A6PJ.tQ4atedee"),
        (String(repeating: "x", count: 72), "$2b$04$v9hgSUK5GOApMYn/j.aMIOpPxObqHTw8Qu3LLZHSeR9i3up3HSppq"),
        ("correct horse", "$pbkdf2-sha256$1000$F.K8t9a6F2KMUapV6t3bWw$iLuxbn5aiFTgsMhVLqL/Ho3wm550wb.e2blEfLrdsZc"),
        (
            "correct horse",
            "$pbkdf2-sha512$1000$VOr93zsnxHhvTcmZc.69tw$MjZzpkH2EzGK0shxLRE.6nSypXd2rEkqzBxuB5Ic5BbxLp/"
                + "hvKDT5Q/hpdBhdetwTwPWIiGJcQe/9g1JjahUyQ"
        ),
        ("correct horse", "pbkdf2_sha256$1000$NaClsaltsaltsaltsalt$IrfGI9aZXUR11x+hHFV+5HUdCXKZ64jb4rXzgwC97cE="),
        ("correct horse", "$scrypt$ln=4,r=8,p=1$k9KaU6oVYmxNaU2p1brXGg$Z0quMrQOnRt588FLa9vRE6xD3TYdCSr28oZwpcdMjBg"),
        ("correct horse", "$scrypt$ln=5,r=4,p=3$ZczZ+58TYkyJkZJy7j1njA$AhvexaIN2tyFl7neJmDbwHbX8O1X41moP1zrvkME+gc"),
        (
            "correct horse",
            "$argon2id$v=19$m=64,t=1,p=2$U8b0YXWcpA1RSJnX3zOf3g$MAM5IdFvpQI3BjTwX5gKXe1le6kccS/KAl6VCg5AQMQ"
        ),
        (
            "correct horse",
            "$argon2i$v=19$m=32,t=2,p=1$KGPVYnE6JMxHJx+3yvDGwQ$x3IcO3MaYsKxFYYT6D7BdJBmNuGMYFydGax/nmsuZhM"
        ),
        ("pässwörd ✓", "$pbkdf2-sha256$1000$1hqDcO59TwkBAADAOGcsRQ$XVtQHWQcA7NjzVcY.PSSXNPTPaBABtZaMRTBqHLAVMU"),
        (
            "pässwörd ✓",
            "$pbkdf2-sha512$1000$DaFUCuG8FyJEaE2pdU7pvQ$pRfBpGeOykGMfVBC7h7ivlVRqUKTz9ZzwxlryY6aup5IAiH"
                + "AFAagIyBSCxrBqR8No2WbioxScrAfNLQCBgim2g"
        ),
        ("pässwörd ✓", "pbkdf2_sha256$1000$NaClsaltsaltsaltsalt$kbULtucu2p1FEJhYWybJSG/SwGYY+xsRVxeBdD5gQOg="),
        ("pässwörd ✓", "$scrypt$ln=4,r=8,p=1$WMuZ09qbc47ROmcM4RxjDA$QJsm8+Bkl5gOH0wOYsCEMLpwgw/YAxJPF3U4v9mYVew"),
        ("pässwörd ✓", "$scrypt$ln=5,r=4,p=3$2vtfC0FI6T3HuBfi/H+vFQ$azzsrMRvhEbaYq48Cb8/O4xZCW4vbrqv4MZAcg4qKqc"),
        (
            "pässwörd ✓",
            "$argon2id$v=19$m=64,t=1,p=2$zshXJFKPTsjaGVDZOLSvwA$ADfDDmsIYXXKLSNN9JOZSlzXlwOZrSgt8UaVlI7OQqY"
        ),
        ("pässwörd ✓", "$argon2i$v=19$m=32,t=2,p=1$fw02VKcaRAaewALL8XhimA$QFdcDw85OZKngZYseHKzNUcmERqJsMN092p/BTfts1Y"),
        (
            String(repeating: "x", count: 80),
            "$pbkdf2-sha256$1000$9D6nFIIwBgCgVEophbAWIg$IX/2A7mFtZeFp5qo8V.I3JMf48MhFCi.uJ7HPxnwgHA"
        ),
        (
            String(repeating: "x", count: 80),
            "$pbkdf2-sha512$1000$/f8/J0So1XrP2TtHaG1tjQ$W1ZcWJqYKfLMlIxrhoAv1QRK0RQFOhZz.SIv7ndO7eG42/I"
                + "qev6QjN/nj1QrbEGqeGLQulbvWVmSQYWQ1ZBsdg"
        ),
        (
            String(repeating: "x", count: 80),
            "pbkdf2_sha256$1000$NaClsaltsaltsaltsalt$yYsx4a+evnbDTFS1PUxziOiTp8Yqt84sZSmLzU50w30="
        ),
        (
            String(repeating: "x", count: 80),
            "$scrypt$ln=4,r=8,p=1$EEKIUepd6z1H6J2TslaK0Q$k42dLHxChRc/XP4J5fg4NWug0sMmoSPQ4OThfc15kyo"
        ),
        (
            String(repeating: "x", count: 80),
            "$scrypt$ln=5,r=4,p=3$1TqHMAYAYKw15vyfs5aSMg$tUxgImTscpRkb3Y5ixMHcDeW7JbyV1bxD2M2PfwdiOQ"
        ),
        (
            String(repeating: "x", count: 80),
            "$argon2id$v=19$m=64,t=1,p=2$h3qlZ9jLNju5XgIkYLCHLQ$gFJd8CZm5bEtoLzNIF4dcwm/pZMllQWVaZr6esI8YWc"
        ),
        (
            String(repeating: "x", count: 80),
            "$argon2i$v=19$m=32,t=2,p=1$2vaCpnfs4siRJM+8chxkUw$NfGIIkqmvADdEtZEPRn6cmAA/uZYHC3lzH4/Dkz7i20"
        ),
        ("", "$pbkdf2-sha256$10$EGJsrZUSonTOuRfC.J8TIg$XZMkiueBeJza6lS9Rzcz25.dj6yfk5XhthTXG4CwuAE"),
        ("", "$scrypt$ln=4,r=8,p=1$hPDee6/VWouxlrJ2DsHYGw$M0ZaSXlPljmlxzaSJkW6e6DgAhIp8XkSs4BNEUZDO24"),
        (
            "correct horse",
            "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$BBs+1+PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM"
        ),
        (
            "correct horse",
            "$pbkdf2-sha512$i=1000$c2FsdHNhbHRzYWx0c2FsdA$EHLBej+uEvxlmr0QnHnceg1vM6h1wbwSP5XErh3SmizND"
                + "WZsIi28RPGARe0EssjGRoiACzxgHjNvqwJY1zxKig"
        ),
    ]

    private let hasher: PasswordHasher

    init() throws {
        hasher = try PasswordHasher(parameters: Argon2id(memoryKiB: 64, iterations: 1), concurrency: 2)
    }

    private func matches(_ password: String, _ hash: String) async throws -> Bool {
        try await hasher.verify(Password(password), against: PasswordHash(phc: hash), for: .service)
    }

    @Test(arguments: known) func `a hash of another program matches its password`(
        password: String, hash: String
    ) async throws {
        #expect(try PasswordHash.checking(hash).phc == hash)
        #expect(try await matches(password, hash))
        #expect(try await !matches(password + "y", hash) || password.utf8.count >= 72 && hash.hasPrefix("$2"))
        #expect(try await !matches("Correct horse", hash))
        // One bit of the hash.
        let last =
            hash.hasSuffix("=") ? hash.index(hash.endIndex, offsetBy: -3) : hash.index(hash.endIndex, offsetBy: -2)
        let other = hash.replacingCharacters(in: last, with: hash[last] == "a" ? "b" : "a")
        #expect(try await !matches(password, other))
    }

    @Test func `bcrypt reads 72 bytes, and no password with a zero byte`() async throws {
        let whole = try #require(Self.known.first { $0.password.utf8.count == 72 })
        #expect(try await matches(whole.password + "more", whole.hash))
        #expect(try await !matches(String(whole.password.dropLast()), whole.hash))
        let short = Self.known[0]
        #expect(try await !matches(short.password + "\u{0}more", short.hash))
        #expect(try await !matches("", short.hash))
    }

    /// Another program has hashed what the keyboard sent; the hash that takes its place is of the normalized form.
    @Test func `a decomposed password matches as it is typed`() async throws {
        let hash = "$2b$04$moKLzUzM23/vXIcLwT33kOmPp7Uw0QIAFDrVtInCddKE5G8tEqpw6"
        #expect(try await matches("cafe\u{301} noir", hash))
        #expect(try await !matches("caf\u{E9} noir", hash))
    }

    @Test(arguments: [
        ("$argon2id$v=19$m=262145,t=1,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng", "256 MiB"),
        ("$argon2id$v=19$m=262144,t=4,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng", "too long"),
        ("$argon2id$v=19$m=800001,t=1,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng", "256 MiB"),
        ("$argon2i$v=19$m=8,t=100001,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng", "too long"),
        // Little memory, but 19 000 threads.
        ("$argon2id$v=19$m=128,t=298,p=16$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng", "too long"),
        ("$argon2i$v=19$m=999999999,t=999999999,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng", "256 MiB"),
        ("$argon2id$v=19$m=1024,t=1,p=17$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng", "16 lanes"),
        ("$2b$15$oX06qiqlzJa1Yqs6JjCqe.C2/dwvnP8rn5aEXT9.qp3Nb1cCwrh1a", "too long"),
        ("$2b$31$oX06qiqlzJa1Yqs6JjCqe.C2/dwvnP8rn5aEXT9.qp3Nb1cCwrh1a", "too long"),
        ("$pbkdf2-sha256$2000001$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M", "too long"),
        (
            "$pbkdf2-sha512$1000001$MjZzpkH2EzGK0shxLRE.6g$MjZzpkH2EzGK0shxLRE.6nSypXd2rEkqzBxuB5Ic5BbxLp/"
                + "hvKDT5Q/hpdBhdetwTwPWIiGJcQe/9g1JjahUyQ", "more than 1000000 rounds"
        ),
        ("pbkdf2_sha256$999999999$salt$IrfGI9aZXUR11x+hHFV+5HUdCXKZ64jb4rXzgwC97cE=", "too long"),
        ("$scrypt$ln=19,r=8,p=1$bI2x9v5/b+1dK6X0Xiul9A$PKAOFCrScDtTkunZm/lt2YPCwcxYobCxDooQfIBlE8g", "256 MiB"),
        ("$scrypt$ln=31,r=1024,p=1024$bI2x9v5/b+1dK6X0Xiul9A$PKAOFCrScDtTkunZm/lt2YPCwcxYobCxDooQfIBlE8g", "256 MiB"),
        ("$scrypt$ln=17,r=8,p=3$bI2x9v5/b+1dK6X0Xiul9A$PKAOFCrScDtTkunZm/lt2YPCwcxYobCxDooQfIBlE8g", "too long"),
    ])
    func `a hash that costs too much is refused`(hash: String, reason: String) {
        let error = #expect(throws: PasswordHash.Unacceptable.self) { try PasswordHash.checking(hash) }
        #expect(error?.description.contains(reason) == true)
    }

    /// The costliest that are accepted.
    @Test(arguments: [
        "$argon2id$v=19$m=262144,t=3,p=16$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2i$v=19$m=128,t=297,p=16$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$2y$14$oX06qiqlzJa1Yqs6JjCqe.C2/dwvnP8rn5aEXT9.qp3Nb1cCwrh1a",
        "pbkdf2_sha256$2000000$salt$IrfGI9aZXUR11x+hHFV+5HUdCXKZ64jb4rXzgwC97cE=",
        "$pbkdf2-sha512$i=1000000$c2FsdHNhbHRzYWx0c2FsdA$BBs+1+PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
        "$scrypt$ln=17,r=8,p=2$bI2x9v5/b+1dK6X0Xiul9A$PKAOFCrScDtTkunZm/lt2YPCwcxYobCxDooQfIBlE8g",
    ])
    func `a hash within the bounds is verified`(hash: String) async throws {
        _ = try PasswordHash.checking(hash)
        #expect(try await !matches("wrong", hash))
    }

    @Test(arguments: [
        "", "$", "$$$$$", "password", "5f4dcc3b5aa765d61d8327deb882cf99", "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
        "$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.",
        "$2x$04$oX06qiqlzJa1Yqs6JjCqe.C2/dwvnP8rn5aEXT9.qp3Nb1cCwrh1a",
        "$2b$03$oX06qiqlzJa1Yqs6JjCqe.C2/dwvnP8rn5aEXT9.qp3Nb1cCwrh1a",
        "$2b$4$oX06qiqlzJa1Yqs6JjCqe.C2/dwvnP8rn5aEXT9.qp3Nb1cCwrh1a",
        "$2b$04$oX06qiqlzJa1Yqs6JjCqe.C2/dwvnP8rn5aEXT9.qp3Nb1cCwrh1",
        "$2b$04$oX06qiqlzJa1Yqs6JjCqe.C2/dwvnP8rn5aEXT9.qp3Nb1cCwrh1a$",
        "$2b$04$oX06qiqlzJa1Yqs6JjCqe:C2/dwvnP8rn5aEXT9.qp3Nb1cCwrh1a",
        "$argon2d$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2id$m=64,t=1,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2id$v=19$m=64,t=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2id$v=19$m=64,m=64,t=1,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2id$v=19$m=064,t=1,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2id$v=19$m=-64,t=1,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2id$v=19$m=7,t=1,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2id$v=19$m=99999999999999999999,t=1,p=1$c2FsdHNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdA$MTIzNDU2Nzg5MDEyMzQ1Ng",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$MTIzNA",
        "$pbkdf2$1000$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
        "$pbkdf2-sha256$0$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
        "$pbkdf2-sha256$i=10,l=31$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
        "$pbkdf2-sha256$10$$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
        "pbkdf2_sha1$1000$salt$IrfGI9aZXUR11x+hHFV+5HUdCXKZ64jb4rXzgwC97cE=",
        "pbkdf2_sha256$1000$salt$IrfGI9aZXUR11x+hHFV+5HUdCXKZ64jb4rXzgwC97cE",
        "pbkdf2_sha256$1000$$IrfGI9aZXUR11x+hHFV+5HUdCXKZ64jb4rXzgwC97cE=",
        "pbkdf2_sha256$+1000$salt$IrfGI9aZXUR11x+hHFV+5HUdCXKZ64jb4rXzgwC97cE=",
        "$scrypt$ln=0,r=8,p=1$bI2x9v5/b+1dK6X0Xiul9A$PKAOFCrScDtTkunZm/lt2YPCwcxYobCxDooQfIBlE8g",
        "$scrypt$ln=63,r=8,p=1$bI2x9v5/b+1dK6X0Xiul9A$PKAOFCrScDtTkunZm/lt2YPCwcxYobCxDooQfIBlE8g",
        "$scrypt$ln=16,r=1,p=1$bI2x9v5/b+1dK6X0Xiul9A$PKAOFCrScDtTkunZm/lt2YPCwcxYobCxDooQfIBlE8g",
        "$scrypt$ln=4,r=8,p=0$bI2x9v5/b+1dK6X0Xiul9A$PKAOFCrScDtTkunZm/lt2YPCwcxYobCxDooQfIBlE8g",
        "scrypt:32768:8:1$salt$hash", "$argon2id\n", "\u{FF04}2b\u{FF04}04", String(repeating: "$", count: 600),
    ])
    func `other texts are no hashes`(text: String) async throws {
        #expect(throws: PasswordHash.Unacceptable.self) { try PasswordHash.checking(text) }
        #expect(try await !matches("password", text))
    }
}

extension String {
    fileprivate func replacingCharacters(in index: Index, with character: Character) -> String {
        String(self[..<index]) + String(character) + String(self[self.index(after: index)...])
    }
}
