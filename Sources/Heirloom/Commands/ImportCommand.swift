import ArgumentParser
import Migrations
import TokenCore
import TokenSigning

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import an export into an empty database, completely or not at all.",
        discussion: "The master key must be that of the database that the rows come from. See docs/scaling.md.")

    @Argument(help: "The file to read. - for standard input.") var file: String
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let assembly = try await Assembly(options.load(), mayMakeMasterKey: false, mayBeLost: true)
        var count = 0
        try ArchiveFile.read(from: file) { next in
            try assembly.store.load {
                guard let row = try next() else { return nil }
                if row.table == "signing_keys" { _ = try assembly.sealer.open(SigningKeyRecord(row)) }
                count += 1
                return row
            }
        }
        try assembly.store.close()
        Terminal.say("\(count) rows read.")
    }
}

extension SigningKeyRecord {
    /// The members of a row that ``TokenSigning/KeySealer/open(_:)`` needs.
    fileprivate init(_ row: ArchiveRow) throws {
        guard case .text(let id) = row.values["key_id"], case .text(let name) = row.values["algorithm"],
            case .bytes(let sealed) = row.values["sealed_key"]
        else { throw CorruptRow(table: row.table) }
        self.init(
            id: SigningKeyID(id), algorithm: SigningAlgorithm(rawValue: name), state: .next, sealedPrivateKey: sealed,
            createdAt: Timestamp(milliseconds: 0))
    }
}
