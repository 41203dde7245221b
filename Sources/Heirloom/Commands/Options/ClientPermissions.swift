import ArgumentParser
import TokenCore

/// The value of `--permit`: names that are separated by commas. Empty for no permission.
struct ClientPermissions: ExpressibleByArgument {
    let permissions: Set<ClientRecord.Permission>

    init?(argument: String) {
        let names = argument.utf8.split(separator: UInt8(ascii: ",")).map { String(decoding: $0, as: UTF8.self) }
        let permissions = names.compactMap { ClientRecord.Permission(exactly: $0) }
        guard permissions.count == names.count else { return nil }
        self.permissions = Set(permissions)
    }
}
