import ArgumentParser
import Migrations
import TokenCore
import TokenSigning

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Read all rows that export has written into an empty database: all or none.",
        discussion: "The master key must be the one of the database that they come from. See docs/scaling.md.")

    @Argument(help: "The file. - for standard input.") var file: String
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let assembly = try await Assembly(options.load(), mayMakeMasterKey: false)
        var count = 0
        try ArchiveFile.read(from: file) { next in
            try assembly.store.load {
                let row = try next()
                if let key = row.flatMap({ SigningKeyRecord($0) }) { _ = try assembly.sealer.open(key) }
                if row != nil { count += 1 }
                return row
            }
        }
        try assembly.store.close()
        Terminal.say("\(count) rows were read.")
    }
}

extension SigningKeyRecord {
    /// The key in a row, as far as it takes to open it; nil for a row of another table.
    fileprivate init?(_ row: ArchiveRow) {
        guard row.table == "signing_keys", case .text(let id) = row.values["key_id"],
            case .text(let algorithm) = row.values["algorithm"], case .bytes(let sealed) = row.values["sealed_key"]
        else { return nil }
        self.init(
            id: id, algorithm: algorithm, state: .next, sealedPrivateKey: sealed,
            createdAt: Timestamp(milliseconds: 0))
    }
}
