import Accounts

extension PasswordPolicy {
    enum Key {
        static let minimumLength = ConfigurationKey(
            "passwords.minimumLength", .integer(in: 8...128), default: PasswordPolicy().minimumLength,
            meaning: "How many code points a new password has at least.")
    }

    init(_ reader: ConfigurationReader) { self.init(minimumLength: reader[Key.minimumLength]) }
}
