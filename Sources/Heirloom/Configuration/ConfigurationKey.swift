import StrictCoding

/// One key of the configuration, with the type of its value.
struct ConfigurationKey<Value: Sendable & Equatable>: ConfigurationKeyProtocol {
    let path: String
    let defaultValue: Value
    private let format: ConfigurationFormat<Value>

    init(_ path: String, _ format: ConfigurationFormat<Value>, default defaultValue: Value) {
        self.path = path
        self.format = format
        self.defaultValue = defaultValue
    }

    var expectation: String { format.expectation }
    var isSecret: Bool { format.isSecret }

    func decode(_ json: JSON) -> Value? { format.decode(json) }
    func decode(text: String) -> Value? { format.decode(format.json(text)) }
}
