import Federation
import Foundation
import Logging
import TokenHTTP

/// What the service writes to standard error when it is open: its addresses, and how to make the first user.
struct Greeting {
    let configuration: Configuration
    /// The path that `--config` names.
    let configurationFile: String
    /// The port that the public listener is open at; nil for a Unix socket.
    let port: Int?
    /// The port that the admin listener is open at; nil when there is none.
    let adminPort: Int?
    /// The token of the setup page; nil when there are users.
    let setupToken: String?

    func text(_ format: LogFormat) -> String {
        switch format {
        case .text: text
        case .json: (lines + setupLine).map(\.json).joined()
        }
    }

    private var text: String {
        var text = lines.map { $0.message + "\n" }.joined()
        if let setupToken {
            text += """
                There are no users yet. To make the first one, open this link in a browser; it works once:
                  \(setupLink(setupToken))
                or run: \(program) user add NAME\(configurationFlag)

                """
        }
        return text
    }

    /// The addresses.
    private var lines: [LogLine] {
        var lines: [LogLine] = []
        func add(_ message: String, _ details: [(key: String, value: String)]) {
            lines.append(LogLine(time: SystemClock.now(), level: .info, message: message, details: details))
        }
        let listener = configuration.listener
        let address =
            listener.socketPath.map { "unix:\($0)" }
            ?? "\(scheme)://\(URLHost.text(listener.host)):\(port ?? listener.port)"
        add("Heirloom listens on \(address)", [("url", address), ("version", Version.current)])
        if let admin = configuration.adminListener, let adminPort {
            let address = "http://\(URLHost.text(admin.host)):\(adminPort)"
            add(
                "The admin API and the metrics are at \(address); the admin token is in "
                    + configuration.adminTokenFile,
                [("admin_url", address), ("admin_token_file", configuration.adminTokenFile)])
        }
        for provider in configuration.federation.providers {
            let uri = Issuer(configuration.issuer).url(provider.callbackPath)
            add(
                "People sign in with \(provider.name); its redirect URI is \(uri)",
                [("provider", provider.id.value), ("redirect_uri", uri)])
        }
        return lines
    }

    private var setupLine: [LogLine] {
        guard let setupToken else { return [] }
        return [
            LogLine(
                time: SystemClock.now(), level: .info,
                message: "There are no users yet; the link makes the first one, once",
                details: [("setup_url", setupLink(setupToken))])
        ]
    }

    private func setupLink(_ token: String) -> String { "\(site.url("/setup"))?token=\(token)" }

    private var scheme: String { configuration.listener.tls == nil ? "http" : "https" }

    /// The issuer, which is the name that browsers use, unless it names another port than the one that is open.
    private var site: Issuer {
        guard let port else { return Issuer(configuration.issuer) }
        let isOpenPort = URLComponents(string: configuration.issuer)?.port.map { $0 == port } ?? true
        return Issuer(isOpenPort ? configuration.issuer : "\(scheme)://localhost:\(port)")
    }

    private var program: String { CommandLine.arguments.first ?? "heirloom" }

    private var configurationFlag: String {
        configurationFile == ConfigurationOptions.defaultFile ? "" : " --config \(configurationFile)"
    }
}
