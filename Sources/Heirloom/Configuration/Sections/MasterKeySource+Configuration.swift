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

    /// The keys that the configuration holds or names are read, so that a mistake is found before the start.
    init(_ reader: inout ConfigurationReader) {
        self.init(
            inline: reader[Key.inline], file: reader.optionalPath(Key.file),
            defaultFile: reader.path(Configuration.Key.dataDirectory) + "/master.key",
            previousInline: reader[Key.previousInline], previousFiles: reader[Key.previousFiles].map(reader.path))
        if !inline.text.isEmpty {
            check(inline, in: Key.inline, &reader)
        } else if let file, !reader[Key.file].hasPrefix("~") {
            check(file, in: Key.file, &reader)
        }
        for key in previousInline { check(key, in: Key.previousInline, &reader) }
        for file in reader[Key.previousFiles] where !file.hasPrefix("~") {
            check(reader.path(file), isPrevious: true, in: Key.previousFiles, &reader)
        }
    }

    private func check(_ key: Secret, in source: some ConfigurationKeyProtocol, _ reader: inout ConfigurationReader) {
        do { _ = try MasterKeySource.parse(key.text, from: source.path) } catch {
            reader.refuse(source.path, "\(error)")
        }
    }

    private func check(
        _ file: String, isPrevious: Bool = false, in source: some ConfigurationKeyProtocol,
        _ reader: inout ConfigurationReader
    ) {
        do { _ = try MasterKeySource.read(file, isPrevious: isPrevious) } catch {
            reader.refuse(source.path, "\(error)")
        }
    }
}
