extension MasterKeySource {
    enum Key {
        static let inline = ConfigurationKey(
            "masterKey", .secret, default: Secret(""),
            meaning: "The [master key](operations.md#keys) itself, 32 bytes in base64. Better in a file.")
        static let file = ConfigurationKey(
            "masterKeyFile", .string, default: "",
            meaning: "The file that holds the master key. Empty: `master.key` in `dataDirectory`, which the first "
                + "start makes.")
        static let previousInline = ConfigurationKey(
            "previousMasterKeys", .secrets, default: [],
            meaning: "[Previous master keys](keys.md#replacing-the-master-key-without-signing-anybody-out), which "
                + "still read what they have written.")
        static let previousFiles = ConfigurationKey(
            "previousMasterKeyFiles", .strings, default: [],
            meaning: "The files that hold previous master keys.")
    }

    init(_ reader: ConfigurationReader) {
        self.init(
            inline: reader[Key.inline], file: reader.optionalPath(Key.file),
            defaultFile: reader.path(Configuration.Key.dataDirectory) + "/master.key",
            previousInline: reader[Key.previousInline], previousFiles: reader[Key.previousFiles].map(reader.path))
    }
}
