extension EventRecord {
    /// What an event is about. A value that this version does not know, written by a newer node, is kept as it is.
    package struct Kind: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// Nil for a kind that this version does not write.
        package init?(known name: String) {
            guard let kind = Kind.all.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) }) else { return nil }
            self = kind
        }

        package static let login = Kind(rawValue: "login")
        package static let loginFailed = Kind(rawValue: "login_failed")
        package static let refreshRetry = Kind(rawValue: "refresh_retry")
        package static let lateRetry = Kind(rawValue: "late_retry")
        package static let keyMismatch = Kind(rawValue: "key_mismatch")
        package static let reuseDetected = Kind(rawValue: "reuse_detected")
        package static let rollbackDetected = Kind(rawValue: "rollback_detected")
        package static let clientMismatch = Kind(rawValue: "client_mismatch")
        package static let logout = Kind(rawValue: "logout")
        package static let logoutAll = Kind(rawValue: "logout_all")
        package static let sessionLimit = Kind(rawValue: "session_limit")
        package static let passwordChanged = Kind(rawValue: "password_changed")
        package static let passwordChangeFailed = Kind(rawValue: "password_change_failed")
        package static let userCreated = Kind(rawValue: "user_created")
        package static let userDisabled = Kind(rawValue: "user_disabled")
        package static let userEnabled = Kind(rawValue: "user_enabled")
        package static let userDeleted = Kind(rawValue: "user_deleted")
        package static let userRenamed = Kind(rawValue: "user_renamed")
        package static let userUnlocked = Kind(rawValue: "user_unlocked")
        package static let usersImported = Kind(rawValue: "users_imported")
        package static let linkCreated = Kind(rawValue: "link_created")
        package static let identityLinked = Kind(rawValue: "identity_linked")
        package static let identityUnlinked = Kind(rawValue: "identity_unlinked")
        package static let upstreamLogout = Kind(rawValue: "upstream_logout")
        package static let claimsChanged = Kind(rawValue: "claims_changed")
        package static let keyRotated = Kind(rawValue: "key_rotated")
        package static let keyRevoked = Kind(rawValue: "key_revoked")
        package static let keysResealed = Kind(rawValue: "keys_resealed")
        package static let clientAdded = Kind(rawValue: "client_added")
        package static let clientRemoved = Kind(rawValue: "client_removed")
        package static let clientSecretRotated = Kind(rawValue: "client_secret_rotated")
        package static let clientChanged = Kind(rawValue: "client_changed")
        package static let clientKeysChanged = Kind(rawValue: "client_keys_changed")
        package static let consoleEntered = Kind(rawValue: "console_entered")

        /// Every kind that this version writes.
        package static let all: [Kind] = [
            .login, .loginFailed, .refreshRetry, .lateRetry, .reuseDetected, .rollbackDetected, .clientMismatch,
            .keyMismatch, .logout, .logoutAll, .sessionLimit,
            .passwordChanged, .passwordChangeFailed, .userCreated, .userDisabled, .userEnabled, .userDeleted,
            .userRenamed, .userUnlocked, .usersImported, .linkCreated, .identityLinked, .identityUnlinked,
            .upstreamLogout, .claimsChanged, .keyRotated, .keyRevoked, .keysResealed, .clientAdded,
            .clientRemoved, .clientSecretRotated, .clientChanged, .clientKeysChanged, .consoleEntered,
        ]

        /// The kinds that say that a token was copied, or brought back by a backup. An operator should look at them.
        package static let alarming: [Kind] = [.reuseDetected, .rollbackDetected]

        /// The kinds that the holder of a token can cause without end. At most one of each is recorded a session and
        /// minute.
        package static let bounded: [Kind] = [.refreshRetry, .clientMismatch, .keyMismatch]
    }
}
