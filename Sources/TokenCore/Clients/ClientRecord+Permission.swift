extension ClientRecord {
    /// What a confidential client may do beside using the tokens of its sessions. A public client, which cannot
    /// authenticate, has no permission.
    package enum Permission: String, Sendable, CaseIterable {
        /// Ask about tokens at `/oauth/introspect`.
        case introspect
        /// Read the revocation feed, as JSON and as security events.
        case feed
        /// Get access tokens for itself by the grant `client_credentials`.
        case credentials
        /// Open sessions for subjects that it has authenticated itself.
        case vouch

        /// What a new confidential client may do.
        package static let usual: Set<Permission> = [.introspect, .feed, .credentials]

        /// The permission of this name, compared byte by byte; nil for any other text.
        package init?(exactly name: String) {
            guard let permission = Permission.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) })
            else { return nil }
            self = permission
        }

        /// All names, for messages.
        package static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
    }

    /// The names of its permissions, always in the same order.
    package var permissionNames: [String] { Permission.allCases.filter(permissions.contains).map(\.rawValue) }

    package func may(_ permission: Permission) -> Bool { isConfidential && permissions.contains(permission) }

    /// Whether it may ask for `scope`.
    package func mayAsk(for scope: Scope) -> Bool { allowedScope.map(scope.isSubset) ?? true }
}
