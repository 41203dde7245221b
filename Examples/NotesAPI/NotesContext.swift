import Hummingbird
import TokenVerifier
import TokenVerifierHummingbird

/// The context of a request, with its verified access token.
struct NotesContext: AccessTokenRequestContext {
    var coreContext: CoreRequestContextStorage
    var accessToken: AccessToken?

    init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}
