// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "heirloom",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .executable(name: "heirloom", targets: ["Heirloom"]),
        .library(name: "TokenVerifier", targets: ["TokenVerifier"]),
        .library(name: "TokenVerifierHummingbird", targets: ["TokenVerifierHummingbird"]),
        .library(name: "HeirloomClient", targets: ["HeirloomClient"]),
    ],
    // Pinned, so that two people build the same program.
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    ],
    targets: [
        // The executable: one file per command, no rules.
        .executableTarget(
            name: "Heirloom",
            dependencies: [
                "Accounts", "Federation", "Libpq", "Migrations", "PostgresStore", "PrometheusMetrics", "SQLiteStore",
                "SessionEngine", "StrictCoding", "TokenCore", "TokenHTTP", "TokenPages", "TokenSigning",
                "TokenVerifier",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        // What people look at: the pages, their templates, pictures and scripts.
        .target(
            name: "TokenPages",
            dependencies: [
                "Accounts", "Federation", "PrometheusMetrics", "SessionEngine", "StrictCoding", "TokenCore",
                "TokenHTTP", "TokenSigning",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            resources: [.embedInCode("Templates")]
        ),
        // The wire: listeners, routes, authentication, controllers, and what maps errors to answers.
        .target(
            name: "TokenHTTP",
            dependencies: [
                "Accounts", "Federation", "PrometheusMetrics", "SessionEngine", "StrictCoding", "TokenCore",
                "TokenSigning", "TokenVerifier",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Resources")]
        ),
        // Log in with an OpenID provider: the relying party. Pure gates, one small upstream client.
        .target(
            name: "Federation",
            dependencies: [
                "SessionEngine", "StrictCoding", "TokenCore", "TokenVerifier",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        // Who may log in: users, passwords, throttling.
        .target(
            name: "Accounts",
            dependencies: [
                "CArgon2", "CCrypt", "CSodium", "SessionEngine", "StrictCoding", "TokenCore",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            resources: [.embedInCode("Resources")]
        ),
        // The key ring, minting access tokens, JWKS.
        .target(
            name: "TokenSigning",
            dependencies: [
                "SessionEngine", "StrictCoding", "TokenCore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]
        ),
        // What runs: the commit lane, the services, the revocation feed, the webhooks, the sweeper.
        .target(
            name: "SessionEngine",
            dependencies: [
                "StrictCoding", "TokenCore",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        // One node's store.
        .target(
            name: "SQLiteStore",
            dependencies: [
                "CSQLite", "Migrations", "StoreRows", "StrictCoding", "TokenCore",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        // Many nodes' store.
        .target(
            name: "PostgresStore",
            dependencies: [
                "Libpq", "Migrations", "StoreRows", "StrictCoding", "TokenCore",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        // What the stores share: one decoder a record, and what they count of their look-ups.
        .target(
            name: "StoreRows",
            dependencies: ["StrictCoding", "TokenCore", .product(name: "CoreMetrics", package: "swift-metrics")]
        ),
        // PostgreSQL's protocol as Swift sees it. Knows nothing of tokens.
        .target(name: "Libpq", dependencies: ["CPostgres"]),
        // The rules: sessions, refresh tokens, rotation, commands, rows. Values and pure functions.
        .target(
            name: "TokenCore",
            dependencies: ["StrictCoding", .product(name: "Crypto", package: "swift-crypto")]
        ),
        // The library that resource servers import.
        .target(
            name: "TokenVerifier",
            dependencies: [
                "StrictCoding",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        // Its middleware for Hummingbird, apart so that others need not build that.
        .target(
            name: "TokenVerifierHummingbird",
            dependencies: [
                "TokenVerifier",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        // The library for applications that hold a session. It imports nothing of the service.
        .target(
            name: "HeirloomClient", dependencies: ["StrictCoding", .product(name: "Crypto", package: "swift-crypto")]
        ),
        // A back-end of swift-metrics that writes Prometheus's text format.
        .target(
            name: "PrometheusMetrics", dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")]
        ),
        // Strict readers of JSON and base64url.
        .target(name: "StrictCoding"),
        // The schema: one numbered step a file.
        .target(
            name: "Migrations", dependencies: [.product(name: "Crypto", package: "swift-crypto")], path: "Migrations",
            resources: [.embedInCode("postgres"), .embedInCode("sqlite")]
        ),
        .systemLibrary(
            name: "CArgon2", path: "Sources/CArgon2", pkgConfig: "libargon2",
            providers: [.apt(["libargon2-dev"])]
        ),
        .systemLibrary(
            name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]
        ),
        .systemLibrary(
            name: "CSodium", path: "Sources/CSodium", pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"])]
        ),
        .systemLibrary(name: "CCrypt", path: "Sources/CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(
            name: "CPostgres", path: "Sources/CPostgres", providers: [.apt(["libpq-dev"])]
        ),
        // Memory store, clocks, the conformance suites.
        .target(name: "TokenTesting", dependencies: ["SessionEngine", "TokenCore"]),
        // Worlds that a seed decides: holders, thieves, crashes and restores around the real core.
        .target(
            name: "Simulator",
            dependencies: [
                "HeirloomClient", "SessionEngine", "StrictCoding", "TokenCore", "TokenTesting", "TokenVerifier",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        // An API that trusts Heirloom's tokens.
        .executableTarget(
            name: "notes-api",
            dependencies: [
                "TokenVerifier", "TokenVerifierHummingbird",
                .product(name: "Hummingbird", package: "hummingbird"),
            ],
            path: "Examples/NotesAPI"
        ),
        // A command-line tool that stays signed in.
        .executableTarget(name: "signed-in", dependencies: ["HeirloomClient"], path: "Examples/SignedIn"),
        // What the parts of a refresh cost, in time for `make bench` and in instructions for the tests.
        .executableTarget(
            name: "heirloom-microbench",
            dependencies: [
                "SessionEngine", "SQLiteStore", "StrictCoding", "TokenCore", "TokenSigning", "TokenTesting",
                "TokenVerifier",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            path: "Benchmarks/Microbenchmarks"
        ),
        .testTarget(name: "StrictCodingTests", dependencies: ["StrictCoding"]),
        .testTarget(
            name: "PrometheusMetricsTests",
            dependencies: ["PrometheusMetrics", .product(name: "CoreMetrics", package: "swift-metrics")]
        ),
        .testTarget(
            name: "TokenCoreTests",
            dependencies: [
                "StrictCoding", "TokenCore", "TokenTesting", .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .testTarget(name: "SessionEngineTests", dependencies: ["SessionEngine", "TokenCore", "TokenTesting"]),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: [
                "Migrations", "SQLiteStore", "SessionEngine", "TokenCore", "TokenTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "PostgresStoreTests",
            dependencies: [
                "Libpq", "Migrations", "PostgresStore", "PrometheusMetrics", "SessionEngine", "TokenCore",
                "TokenTesting",
            ]
        ),
        .testTarget(
            name: "TokenSigningTests",
            dependencies: [
                "SessionEngine", "StrictCoding", "TokenCore", "TokenSigning", "TokenTesting", "TokenVerifier",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ]
        ),
        .testTarget(
            name: "TokenVerifierTests",
            dependencies: [
                "PrometheusMetrics", "StrictCoding", "TokenVerifier", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]
        ),
        .testTarget(
            name: "HeirloomClientTests",
            dependencies: ["HeirloomClient", "StrictCoding", .product(name: "Crypto", package: "swift-crypto")]
        ),
        .testTarget(
            name: "TokenVerifierHummingbirdTests",
            dependencies: [
                "StrictCoding", "TokenVerifier", "TokenVerifierHummingbird",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        .testTarget(
            name: "TokenHTTPTests",
            dependencies: [
                "Accounts", "SessionEngine", "StrictCoding", "TokenCore", "TokenHTTP", "TokenSigning", "TokenTesting",
                "TokenVerifier",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "FederationTests",
            dependencies: [
                "Federation", "SessionEngine", "StrictCoding", "TokenCore", "TokenTesting", "TokenVerifier",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]
        ),
        .testTarget(name: "TokenPagesTests", dependencies: ["TokenPages"]),
        .testTarget(
            name: "AccountsTests", dependencies: ["Accounts", "CArgon2", "SessionEngine", "TokenCore", "TokenTesting"]),
        .testTarget(
            name: "HeirloomTests",
            dependencies: ["Heirloom", "StrictCoding", "TokenCore", .product(name: "Logging", package: "swift-log")]),
        // Changed inputs for each reader of outside bytes.
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Accounts", "Federation", "Heirloom", "HeirloomClient", "Migrations", "StrictCoding", "TokenCore",
                "TokenHTTP",
                "TokenTesting", "TokenVerifier", "TokenVerifierHummingbird",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            exclude: ["Corpora"]
        ),
        // Runs of the whole core that seeds decide.
        .testTarget(
            name: "SimulatorTests",
            dependencies: [
                "Libpq", "PostgresStore", "SQLiteStore", "SessionEngine", "Simulator", "TokenCore", "TokenTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}

// `make` links Swift's libraries into the program, so that it runs without a toolchain and takes less memory. Tests
// cannot be linked so, because Swift Testing is a shared library; their objects are the same.
if Context.environment["LINK_SWIFT_STATICALLY"] != nil {
    let libraries = [
        "CoreFoundation", "FoundationInternationalization", "FoundationEssentials", "_FoundationCollections",
        "_FoundationICU", "_FoundationCShims", "swiftSynchronization",
    ]
    package.targets.first { $0.name == "Heirloom" }?.linkerSettings = [
        .unsafeFlags(
            ["-static-stdlib", "-use-ld=lld"] + libraries.map { "-l\($0)" }
                // Exported symbols and the usual form of relocations would be a sixth of the memory.
                + ["--no-export-dynamic", "-z", "pack-relative-relocs"].flatMap { ["-Xlinker", $0] },
            .when(platforms: [.linux]))
    ]
}
