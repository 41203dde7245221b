import Accounts
import TokenCore
import TokenHTTP
import TokenPages

/// Every key of the configuration.
package enum ConfigurationKeys {
    /// In the order in which `heirloom config --help` lists them.
    package static let all: [any ConfigurationKeyProtocol] = [
        Configuration.Key.issuer,
        Configuration.Key.audience,
        Configuration.Key.dataDirectory,
        MasterKeySource.Key.inline,
        MasterKeySource.Key.file,
        MasterKeySource.Key.previousInline,
        MasterKeySource.Key.previousFiles,
        PublicListener.Options.Key.host,
        PublicListener.Options.Key.port,
        PublicListener.Options.Key.maxBodyBytes,
        PublicListener.Options.Key.trustedProxies,
        PublicListener.Options.Key.allowedOrigins,
        Configuration.Key.drainSeconds,
        PublicListener.Options.Key.certificateFile,
        PublicListener.Options.Key.privateKeyFile,
        AdminListener.Options.Key.host,
        AdminListener.Options.Key.port,
        DatabaseLocation.Key.url,
        DatabaseLocation.Key.urlFile,
        DatabaseLocation.Key.cacheKiB,
        Configuration.Key.accessTokenLifetimeSeconds,
        Configuration.Key.algorithm,
        RotationPolicy.Key.idleLifetimeSeconds,
        RotationPolicy.Key.absoluteLifetimeSeconds,
        RotationPolicy.Key.unrememberedLifetimeSeconds,
        RotationPolicy.Key.retryWindowSeconds,
        RotationPolicy.Key.maxRetries,
        RotationPolicy.Key.maxSessionsPerSubject,
        RotateSigningKeys.Trigger.Key.rotateEverySeconds,
        RotateSigningKeys.Trigger.Key.publishAheadSeconds,
        Argon2id.Key.memoryKiB,
        Argon2id.Key.iterations,
        Argon2id.Key.parallelism,
        PasswordPolicy.Key.minimumLength,
        Configuration.Key.maxConcurrentHashes,
        LoginLimits.Key.perAccount,
        LoginLimits.Key.perAddress,
        LoginLimits.Key.windowSeconds,
        PublicListener.Options.Key.requireProofNonce,
        FederationSettings.Key.attemptSeconds,
        Branding.Key.name,
        Branding.Key.logoFile,
        Branding.Key.accentColor,
        PublicListener.Options.Key.returnTo,
        Configuration.Key.logLevel,
        Configuration.Key.logFormat,
    ]
}
