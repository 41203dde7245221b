import Accounts

extension PasswordPolicy {
    enum Key {
        static let minimumLength = ConfigurationKey(
            "passwords.minimumLength", .integer(in: 8...128), default: PasswordPolicy().minimumLength)
    }

    init(_ reader: ConfigurationReader) { self.init(minimumLength: reader[Key.minimumLength]) }
}
