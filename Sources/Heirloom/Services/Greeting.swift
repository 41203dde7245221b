import Foundation
import TokenHTTP

/// What the service writes to standard error when it is open: its addresses, and how to make the first user.
struct Greeting {
    let configuration: Configuration
    /// The path that `--config` names.
    let configurationFile: String
    /// The port that the public listener is open at.
    let port: Int
    /// The port that the admin listener is open at; nil when there is none.
    let adminPort: Int?
    /// The token of the setup page; nil when there are users.
    let setupToken: String?

    var text: String {
        var text = "Heirloom listens on \(scheme)://\(URLHost.text(configuration.listener.host)):\(port)\n"
        if let admin = configuration.adminListener, let adminPort {
            text += "The admin API and the metrics are at http://\(URLHost.text(admin.host)):\(adminPort); "
            text += "the admin token is in \(configuration.adminTokenFile)\n"
        }
        if let setupToken {
            text += """
                There are no users yet. To make the first one, open this link in a browser; it works once:
                  \(site.url("/setup"))?token=\(setupToken)
                or run: \(program) user add NAME\(configurationFlag)

                """
        }
        return text
    }

    private var scheme: String { configuration.listener.tls == nil ? "http" : "https" }

    /// The issuer, which is the name that browsers use, unless it names another port than the one that is open.
    private var site: Issuer {
        let isOpenPort = URLComponents(string: configuration.issuer)?.port.map { $0 == port } ?? true
        return Issuer(isOpenPort ? configuration.issuer : "\(scheme)://localhost:\(port)")
    }

    private var program: String { CommandLine.arguments.first ?? "heirloom" }

    private var configurationFlag: String {
        configurationFile == ConfigurationOptions.defaultFile ? "" : " --config \(configurationFile)"
    }
}
