import TokenCore

extension LoginLimits {
    enum Key {
        static let perAccount = ConfigurationKey(
            "loginLimits.perAccount", .integer(in: 0...1_000_000), default: 10,
            meaning: "How many logins for one account may fail in a window. 0: any number.")
        static let perAddress = ConfigurationKey(
            "loginLimits.perAddress", .integer(in: 0...1_000_000), default: 100,
            meaning: "How many logins from one address (IPv6: one /64) may fail in a window. An IPv6 /56 may have 4 "
                + "times, a /48 16 times as many. 0: any number.")
        static let windowSeconds = ConfigurationKey(
            "loginLimits.windowSeconds", .integer(in: 1...86_400), default: 300,
            meaning: "The window of both limits. Attempts are regained evenly over it.")
    }

    init(_ reader: ConfigurationReader) {
        self.init(
            perAccount: reader[Key.perAccount], perAddress: reader[Key.perAddress],
            windowSeconds: reader[Key.windowSeconds])
    }
}
