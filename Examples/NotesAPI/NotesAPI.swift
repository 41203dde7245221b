import Foundation
import Hummingbird
import TokenVerifier
import TokenVerifierHummingbird

/// An API that keeps notes for the subject of an access token of Heirloom.
///
/// The scope of a token says what the client may do: one with `notes:read` alone cannot write. Whose notes they are is
/// decided by the subject. A token that is bound to a key (DPoP) needs a proof for the API's own URL: `NOTES_URL`, by
/// default `http://127.0.0.1:PORT`. The clients that people use must be allowed to ask for the scopes, and this API
/// reads the revocation feed as a client of its own:
///
///     heirloom client set web --scope "notes:read notes:write"
///     heirloom client add notes --confidential --permit feed
///
///     HEIRLOOM_ISSUER=http://localhost:8080 HEIRLOOM_CLIENT_ID=notes HEIRLOOM_CLIENT_SECRET=hc1_… notes-api
@main
struct NotesAPI {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        let issuer = environment["HEIRLOOM_ISSUER"] ?? "http://localhost:8080"
        var options = AccessTokenVerifier.Options(
            issuer: issuer, audience: [environment["HEIRLOOM_AUDIENCE"] ?? "api"],
            server: environment["HEIRLOOM_SERVER"])
        if let id = environment["HEIRLOOM_CLIENT_ID"], let secret = environment["HEIRLOOM_CLIENT_SECRET"] {
            options.credentials = AccessTokenVerifier.ClientCredentials(id: id, secret: secret)
        }
        let port = environment["PORT"].flatMap { Int($0) } ?? 8090
        options.publicURL = environment["NOTES_URL"] ?? "http://127.0.0.1:\(port)"
        let verifier = AccessTokenVerifier(options)
        let notes = Notes()

        let router = Router(context: NotesContext.self)
        let own = router.group("notes").add(middleware: BearerMiddleware(verifier: verifier))
        own.add(middleware: ScopeMiddleware("notes:read"))
            .get { _, context in try await notes.list(of: context.identity.subject) }
        own.add(middleware: ScopeMiddleware("notes:write"))
            .post { request, context in
                let text = try await String(buffer: request.body.collect(upTo: 4096))
                await notes.add(text, of: try context.identity.subject)
                return HTTPResponse.Status.created
            }

        var application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)))
        application.addServices(VerifierService(verifier: verifier))
        try await application.runService()
    }
}
