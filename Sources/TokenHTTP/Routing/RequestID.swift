/// The id by which a request is found in the log.
enum RequestID {
    static func make() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }
}
