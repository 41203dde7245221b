import Foundation

extension DatabaseLocation {
    enum Key {
        static let url = ConfigurationKey(
            "database.url", .secret, default: Secret("sqlite:data/heirloom.sqlite"),
            meaning: "`sqlite:PATH` or `sqlite:///ABSOLUTE/PATH` for one node, `postgres://…` for [many "
                + "nodes](scaling.md#the-connection).")
        static let urlFile = ConfigurationKey(
            "database.urlFile", .string, default: "",
            meaning: "The file that holds the URL, which then may have a password. It replaces `database.url`.")
        static let cacheKiB = ConfigurationKey(
            "database.cacheKiB", .integer(in: 1024...16_777_216), default: 16_384,
            meaning: "SQLite's page cache, for each of three connections and for those of the event loops together.")
    }

    /// Nil when the URL cannot be used, which the reader then has among its mistakes.
    init?(_ reader: inout ConfigurationReader) {
        var (url, path) = (reader[Key.url].text, Key.url.path)
        if let file = reader.optionalPath(Key.urlFile) {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                reader.refuse(Key.urlFile.path, "\(file) cannot be read")
                return nil
            }
            (url, path) = (text.trimmingCharacters(in: .whitespacesAndNewlines), Key.urlFile.path)
            if Secret.holdsSecret(url) { reader.noteSecret(in: file) }
        }
        do {
            try self.init(url, cacheKiB: reader[Key.cacheKiB], resolve: reader.path)
        } catch {
            reader.refuse(path, "\(error)")
            return nil
        }
        if case .sqlite(let file, _) = self, ConfigurationReader.isFolder(file) == true {
            reader.refuse(path, "\(file) is a folder; write the path of a file")
            return nil
        }
    }
}
