import ArgumentParser
import TokenCore

/// The arguments that name an identity.
struct IdentityArguments: ParsableArguments {
    @Argument(help: "The provider's issuer, exactly as its tokens have it.") var issuer: String
    @Argument(help: "The subject that the provider names: the claim sub of its tokens.") var sub: String

    /// - Throws: ``CommandFailure``
    func read() throws -> Identity {
        guard let identity = Identity(issuer: issuer, providerSubject: sub) else {
            throw CommandFailure("the identity is not valid: \(Identity.rule)")
        }
        return identity
    }
}
