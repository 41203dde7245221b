import ArgumentParser
import TokenCore

/// The flags that set what a client may do, the format of its access tokens, and the limits of its sessions.
struct ClientOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "What the client may ask for: \"read write\". \"\" for no scope, which is a new client's.",
            valueName: "scope"))
    var scope: [String] = []
    @Option(
        help: ArgumentHelp(
            """
            What a confidential client may do: any of \(ClientRecord.Permission.list), separated by commas. \
            A new one may do the first three.
            """, valueName: "permissions"))
    var permit: ClientPermissions?
    @Option(help: "The format of its access tokens: jwt, which is a new client's, or opaque.")
    var accessTokenFormat: ClientRecord.AccessTokenFormat?
    @Option(
        help: ArgumentHelp(
            "How long after its last refresh a session expires, at most the service's. \"default\": the service's.",
            valueName: "seconds"))
    var idleLifetime: ClientSettings.Limit?
    @Option(
        help: ArgumentHelp(
            "How long after its login a new session expires, at most the service's. \"default\": the service's.",
            valueName: "seconds"))
    var absoluteLifetime: ClientSettings.Limit?
    @Option(
        help: ArgumentHelp(
            "How long a used refresh token may be presented again, 0 to 600. \"default\": the service's.",
            valueName: "seconds"))
    var retryWindow: ClientSettings.Limit?
    @Flag(
        inversion: .prefixedNo,
        help: """
            The client gets no token without the proof of a key (RFC 9449, DPoP). Its sessions that are not bound must \
            log in again.
            """)
    var dpop: Bool?

    var isEmpty: Bool {
        scope.isEmpty && permit == nil && accessTokenFormat == nil && idleLifetime == nil && absoluteLifetime == nil
            && retryWindow == nil && dpop == nil
    }

    /// - Throws: ``CommandFailure`` for a malformed scope.
    func settings() throws -> ClientSettings {
        let text = scope.joined(separator: " ")
        guard let allowed = Scope(text) else { throw CommandFailure("\"\(text)\" is not a scope (RFC 6749 §3.3)") }
        return ClientSettings(
            allowedScope: scope.isEmpty ? nil : allowed, permissions: permit?.permissions,
            accessTokenFormat: accessTokenFormat, idleLifetime: idleLifetime, absoluteLifetime: absoluteLifetime,
            retryWindow: retryWindow, requiresProof: dpop)
    }
}

extension ClientRecord.AccessTokenFormat: ExpressibleByArgument {}

extension ClientSettings.Limit: ExpressibleByArgument {
    init?(argument: String) {
        if argument == "default" {
            self = .ofService
        } else if let seconds = Int(argument) {
            self = .seconds(seconds)
        } else {
            return nil
        }
    }
}
