import TokenCore

extension LoginLimits {
    enum Key {
        static let perAccount = ConfigurationKey("loginLimits.perAccount", .integer(in: 0...1_000_000), default: 10)
        static let perAddress = ConfigurationKey("loginLimits.perAddress", .integer(in: 0...1_000_000), default: 100)
        static let windowSeconds = ConfigurationKey("loginLimits.windowSeconds", .integer(in: 1...86_400), default: 300)
    }

    init(_ reader: ConfigurationReader) {
        self.init(
            perAccount: reader[Key.perAccount], perAddress: reader[Key.perAddress],
            windowSeconds: reader[Key.windowSeconds])
    }
}
