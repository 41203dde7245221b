import ArgumentParser
import SessionEngine
import TokenCore
import TokenHTTP

struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Print a link that opens the console, once.",
        discussion: """
            The console is a part of the admin listener. The link is valid for \(ConsoleLinks.lifetimeSeconds) s. \
            Where the listener is on loopback, open the link on the server itself, or through a tunnel: \
            ssh -L 8081:127.0.0.1:8081 HOST
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try options.load()
        guard let listener = configuration.adminListener else {
            throw CommandFailure("admin.host is empty, so there is no admin listener and no console")
        }
        let keys = try configuration.masterKey.load(mayMake: false)
        let token = ConsoleLinks(keys).token(at: SystemClock.now(), random: Entropy.system.bytes())
        Terminal.write(
            "http://\(URLHost.text(listener.host)):\(listener.port)/console/enter?token=\(token)")
    }
}
