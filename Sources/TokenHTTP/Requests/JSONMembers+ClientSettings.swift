import StrictCoding
import TokenCore

extension JSONMembers {
    /// The settings of a client: `scope` as `"read write"` or `["read", "write"]`, `permissions` as an array, and
    /// `access_token_format`, `idle_lifetime`, `absolute_lifetime`, `retry_window` and
    /// `dpop_bound_access_tokens`, each nil when it is absent.
    ///
    /// - Throws: `invalid_request`.
    func clientSettings() throws -> ClientSettings {
        ClientSettings(
            allowedScope: try scopeOrList(), permissions: try permissions(), accessTokenFormat: try accessTokenFormat(),
            idleLifetime: try integer("idle_lifetime").map { .seconds($0) },
            absoluteLifetime: try integer("absolute_lifetime").map { .seconds($0) },
            retryWindow: try integer("retry_window").map { .seconds($0) },
            requiresProof: try boolean("dpop_bound_access_tokens"))
    }

    private func scopeOrList() throws -> Scope? {
        guard let member = members["scope"] else { return nil }
        guard let list = member.strings else { return try scope() }
        guard let scope = Scope(list.joined(separator: " ")) else {
            throw Problem(.invalidRequest, "\"scope\" has an entry that is not a scope token (RFC 6749 §3.3).")
        }
        return scope
    }

    private func permissions() throws -> Set<ClientRecord.Permission>? {
        guard let names = try strings("permissions") else { return nil }
        let permissions = names.compactMap { ClientRecord.Permission(exactly: $0) }
        guard permissions.count == names.count else {
            throw Problem(
                .invalidRequest,
                "\"permissions\" has an entry that is not one of \(ClientRecord.Permission.list).")
        }
        return Set(permissions)
    }

    private func accessTokenFormat() throws -> ClientRecord.AccessTokenFormat? {
        guard let name = try string("access_token_format") else { return nil }
        guard let format = ClientRecord.AccessTokenFormat(rawValue: name) else {
            throw Problem(.invalidRequest, "\"access_token_format\" is not \"jwt\" or \"opaque\".")
        }
        return format
    }
}
