extension MasterKeySource {
    enum Key {
        static let inline = ConfigurationKey("masterKey", .secret, default: Secret(""))
        static let file = ConfigurationKey("masterKeyFile", .string, default: "")
        static let previousInline = ConfigurationKey("previousMasterKeys", .secrets, default: [])
        static let previousFiles = ConfigurationKey("previousMasterKeyFiles", .strings, default: [])
    }

    init(_ reader: ConfigurationReader) {
        self.init(
            inline: reader[Key.inline], file: reader.optionalPath(Key.file),
            defaultFile: reader.path(Configuration.Key.dataDirectory) + "/master.key",
            previousInline: reader[Key.previousInline], previousFiles: reader[Key.previousFiles].map(reader.path))
    }
}
