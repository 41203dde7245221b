import TokenCore
import TokenHTTP

extension FormFields {
    /// The settings of a client, as the console's form has them: an empty limit is the service's, a checkbox that is
    /// left out is not ticked.
    ///
    /// - Throws: `invalid_request`.
    func clientSettings(of client: ClientRecord) throws -> ClientSettings {
        var settings = ClientSettings(
            accessTokenFormat: self["opaque"] == nil ? .jwt : .opaque, idleLifetime: try limit("idle_lifetime"),
            absoluteLifetime: try limit("absolute_lifetime"), retryWindow: try limit("retry_window"),
            requiresProof: self["dpop"] != nil)
        if self["any_scope"] == nil {
            guard let scope = Scope(self["scope"] ?? "") else {
                throw Problem(.invalidRequest, "The scope has a character that no scope has (RFC 6749 §3.3).")
            }
            settings.allowedScope = scope
        }
        if client.isConfidential {
            settings.permissions = Set(
                ClientRecord.Permission.allCases.filter { self["permit_\($0.rawValue)"] != nil })
        }
        return settings
    }

    private func limit(_ name: String) throws -> ClientSettings.Limit {
        try number(name, in: 0...Int.max).map { .seconds($0) } ?? .ofService
    }
}
