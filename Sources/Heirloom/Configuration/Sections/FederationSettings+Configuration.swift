import Federation

extension FederationSettings {
    enum Key {
        static let attemptSeconds = ConfigurationKey(
            "federation.attemptSeconds", .integer(in: 60...3600), default: 600,
            meaning: "How long a person may take at a [provider](federation.md).")
    }

    init(_ reader: inout ConfigurationReader) {
        attemptSeconds = reader[Key.attemptSeconds]
        var providers: [Provider] = []
        for id in reader.names(in: .providers) {
            if let provider = Provider(id, &reader) { providers.append(provider) }
        }
        self.providers = providers
    }
}
