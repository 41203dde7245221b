import Accounts
import ArgumentParser
import TokenCore

struct UserImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add the users of a file of JSON lines: all of them, or none.",
        discussion: """
            A line: {"username": "ada", "password_hash": "$2b$12$…", "claims": {}, "disabled": false}. All but the \
            name may be left out. Passwords may be hashed with Argon2id, Argon2i, bcrypt, PBKDF2 or scrypt. See \
            docs/operations.md.
            """)

    @Argument(help: "The file to read.") var file: String
    @OptionGroup var options: ConfigurationOptions

    /// The most users of one file: all of them are in memory at once.
    private static let maximumCount = 1_000_000
    /// The most mistakes that are shown.
    private static let shownMistakes = 20

    func run() async throws {
        let directory = try await options.assemble(mayBeLost: true).directory
        let (users, lines) = try read()
        Terminal.say("\(users.count) users are read. Adding them …")
        switch try await directory.importUsers(users) {
        case .imported: Terminal.say("\(users.count) users were added.")
        case .namesTaken(let indexes):
            throw refusal(
                indexes.map { index in
                    "line \(lines[index]): there is already a user \"\(users[index].account.username ?? "")\", in the "
                        + "database or in a line before"
                })
        case .identitiesTaken(let indexes):
            throw refusal(
                indexes.map { index in
                    "line \(lines[index]): an identity of \"\(users[index].account.username ?? "")\" belongs to "
                        + "another user, in the database or in a line before, or appears twice"
                })
        }
    }

    /// The users, and the number of each one's line.
    private func read() throws -> (users: [ImportUsers.User], lines: [Int]) {
        var reader = try LineReader(file, maximumLength: ImportedUser.maximumLength)
        var users: [ImportUsers.User] = []
        var lines: [Int] = []
        var mistakes: [String] = []
        var number = 0
        do {
            while let line = try reader.next() {
                number += 1
                if number.isMultiple(of: 10_000) { Terminal.say("\(number) lines are read.") }
                if line.isEmpty { continue }
                do {
                    users.append(try ImportedUser(line).user)
                    lines.append(number)
                } catch {
                    mistakes.append("line \(number): \(error)")
                }
                guard users.count <= Self.maximumCount else {
                    throw CommandFailure("\(file) holds more than \(Self.maximumCount) users; import it in parts")
                }
                if mistakes.count > Self.shownMistakes { break }
            }
        } catch is LineReader.TooLong {
            mistakes.append("line \(number + 1): longer than \(ImportedUser.maximumLength) bytes")
        }
        guard mistakes.isEmpty else { throw refusal(mistakes) }
        guard !users.isEmpty else { throw CommandFailure("\(file) holds no users") }
        return (users, lines)
    }

    private func refusal(_ mistakes: [String]) -> CommandFailure {
        for mistake in mistakes.prefix(Self.shownMistakes) { Terminal.say(mistake) }
        let rest = mistakes.count - Self.shownMistakes
        return CommandFailure("no user was added" + (rest > 0 ? "; there are more lines like these" : ""))
    }
}
