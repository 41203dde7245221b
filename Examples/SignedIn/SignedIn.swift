import Foundation
import HeirloomClient

/// A command-line tool that stays signed in, over months and in as many processes as run at the same time.
///
///     export HEIRLOOM_ISSUER=http://localhost:8080
///     signed-in login ada                          # reads the password from standard input
///     signed-in login-with google NONCE            # reads an ID token of the provider from standard input
///     signed-in call http://localhost:8090/notes   # sends a request with an access token, prints the answer
///     signed-in sessions
///     signed-in logout                             # or logout-all: on every device
///
/// The session is in `~/.signed-in/session.json`, or where `SIGNED_IN_SESSION` says.
@main
struct SignedIn {
    static func main() async {
        do {
            try await run(Array(CommandLine.arguments.dropFirst()))
        } catch HeirloomClientError.notSignedIn, HeirloomClientError.signedOut {
            fail("You are not signed in. Run: signed-in login NAME", status: 2)
        } catch HeirloomClientError.unreachable {
            fail("The token service cannot be reached. Nothing has changed; try again later.", status: 3)
        } catch HeirloomClientError.store(let reason) {
            fail("The session cannot be stored: \(reason)", status: 4)
        } catch HeirloomClientError.refused(let refusal) {
            fail("Refused: \(refusal.detail) (\(refusal.code))", status: 1)
        } catch {
            fail("Failed: \(error)", status: 1)
        }
    }

    private static func run(_ arguments: [String]) async throws {
        let environment = ProcessInfo.processInfo.environment
        let file = environment["SIGNED_IN_SESSION"] ?? NSHomeDirectory() + "/.signed-in/session.json"
        let issuer = environment["HEIRLOOM_ISSUER"] ?? "http://localhost:8080"
        let clientID = environment["HEIRLOOM_CLIENT_ID"] ?? "web"
        let client = try HeirloomClient(issuer: issuer, clientID: clientID, store: FileSessionStore(path: file))
        switch (arguments.first, arguments.dropFirst().first) {
        case ("login", let name?):
            guard let password = readLine() else { fail("Give the password on standard input.", status: 64) }
            let session = try await client.login(username: name, password: password, device: "signed-in")
            print("Signed in as \(session.subject).")
        case ("login-with", let provider?):
            guard arguments.count == 3, let token = readLine() else {
                fail("Give the nonce, and the ID token on standard input.", status: 64)
            }
            let session = try await client.loginWithIDToken(
                token, provider: provider, nonce: arguments[2], device: "signed-in")
            print("Signed in as \(session.subject).")
        case ("call", let url?):
            let answer = try await client.send(ClientRequest(method: "GET", url: url, headers: [], body: nil))
            print(String(decoding: answer.body, as: UTF8.self))
            if answer.status >= 400 { fail("The answer is \(answer.status).", status: 1) }
        case ("sessions", nil):
            for session in try await client.sessions() {
                print(session.createdAt, session.device ?? session.clientID, session.isCurrent ? "(this one)" : "")
            }
        case ("logout", nil):
            try await client.logout()
            print("Signed out.")
        case ("logout-all", nil):
            print("Ended \(try await client.logoutAll()) sessions.")
        default:
            fail(
                "usage: signed-in login NAME | login-with PROVIDER NONCE | call URL | sessions | logout | logout-all",
                status: 64)
        }
    }

    private static func fail(_ message: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(status)
    }
}
