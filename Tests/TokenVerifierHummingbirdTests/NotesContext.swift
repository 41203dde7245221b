import Hummingbird
import TokenVerifier
import TokenVerifierHummingbird

/// A context with the verified access token of its request.
struct NotesContext: AccessTokenRequestContext {
    var coreContext: CoreRequestContextStorage
    var accessToken: AccessToken?

    init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}
