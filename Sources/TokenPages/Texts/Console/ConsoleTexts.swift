/// All that the console says besides ``Texts``, in one language. Each language is one type.
///
/// The properties are parts of templates, as those of ``Texts`` are: `{{console.keys}}` in a template is the property
/// `keys`.
protocol ConsoleTexts: Sendable {
    // Every page.
    var name: String { get }
    var siteTitle: String { get }
    var users: String { get }
    var clients: String { get }
    var keys: String { get }
    var events: String { get }
    var providers: String { get }
    var goToOverview: String { get }

    // What several pages have.
    var kind: String { get }
    var state: String { get }
    var created: String { get }
    var issuer: String { get }
    var claims: String { get }
    var confidential: String { get }
    var publicKind: String { get }
    var stateActive: String { get }
    var stateDisabled: String { get }
    var stateDeleted: String { get }
    var nothingChanged: String { get }

    // Signing in.
    var linkLede: String { get }
    var openConsole: String { get }
    var enterLede: String { get }
    var adminToken: String { get }
    var linkUsedBefore: String { get }
    var credentialRefused: String { get }

    // The overview.
    var overview: String { get }
    var loadAgain: String { get }
    var stopLoading: String { get }
    var liveSessions: String { get }
    var commandsWaiting: String { get }
    var hashesWaiting: String { get }
    var feedReaders: String { get }
    var database: String { get }
    var signingKeyAge: String { get }
    var certificateExpires: String { get }
    func days(_ count: Int) -> String
    var toLookAt: String { get }
    var alarmsLede: String { get }
    var noAlarms: String { get }

    // Events.
    var when: String { get }
    var what: String { get }
    var whose: String { get }
    var detail: String { get }
    var byActor: String { get }
    var allKinds: String { get }
    var subject: String { get }
    var idOrUsername: String { get }
    var followEvents: String { get }
    var show: String { get }
    var noEvents: String { get }
    var noEventKind: String { get }
    var olderEvents: String { get }

    // Signing keys.
    var signingKeys: String { get }
    var key: String { get }
    var made: String { get }
    var gone: String { get }
    var keyNext: String { get }
    var keyCurrent: String { get }
    var keyRetired: String { get }
    var publicKeys: String { get }
    var keySetLede: String { get }
    var rotate: String { get }
    var rotateLede: String { get }
    var rotateForce: String { get }
    var rotateNow: String { get }
    func rotatedTooEarly(seconds: Int) -> String
    var takeOutTitle: String { get }
    var takeOutLede: String { get }
    var takeOut: String { get }
    var noKey: String { get }

    // Providers.
    var noProviders: String { get }
    var provider: String { get }
    var redirectURI: String { get }
    var newPeople: String { get }
    var getAccount: String { get }
    var areRefused: String { get }

    // Users.
    var nameOrID: String { get }
    var beginningIsEnough: String { get }
    var search: String { get }
    var noSuchUser: String { get }
    var noUsers: String { get }
    var moreUsers: String { get }
    var createUserTitle: String { get }
    var createUser: String { get }
    var passwordOptional: String { get }

    // A subject.
    var user: String { get }
    var outsideSubject: String { get }
    var id: String { get }
    var oneTimeLinkLede: String { get }
    var disable: String { get }
    var enable: String { get }
    var unlock: String { get }
    var makeReset: String { get }
    var makeInvitation: String { get }
    var noSessions: String { get }
    var endAll: String { get }
    var sessionClaims: String { get }
    var eventsOfSubject: String { get }
    var jsonObject: String { get }
    var refuseTokens: String { get }
    var replaceClaims: String { get }
    var invalidClaims: String { get }
    var account: String { get }
    var newUsername: String { get }
    var rename: String { get }
    var passwordEndsAll: String { get }
    var setPassword: String { get }
    var userDisabled: String { get }
    var userHasNoName: String { get }
    var userHasPassword: String { get }
    var deleteUser: String { get }
    var deleteLede: String { get }
    var deleteName: String { get }
    var noUser: String { get }
    var noSubject: String { get }
    var noSession: String { get }
    var noSessionOfSubject: String { get }

    // A subject: identities.
    var identities: String { get }
    var subjectThere: String { get }
    var removeIdentity: String { get }
    var issuerOfProvider: String { get }
    var subjectThereField: String { get }
    var linkIdentity: String { get }
    var invalidIdentity: String { get }
    func identityOfAnother(_ subject: String) -> String
    func tooManyIdentities(maximum: Int) -> String
    var lastWayToSignIn: String { get }
    var noIdentity: String { get }

    // Clients.
    var client: String { get }
    var mayAskFor: String { get }
    var anyScope: String { get }
    var moreClients: String { get }
    var addClientTitle: String { get }
    var clientName: String { get }
    var confidentialBox: String { get }
    var addClient: String { get }
    var clientNameTaken: String { get }
    var invalidClientName: String { get }

    // A client.
    var secretLede: String { get }
    var builtIn: String { get }
    var secrets: String { get }
    var yes: String { get }
    var no: String { get }
    var settings: String { get }
    var scopeLabel: String { get }
    var anyScopeBox: String { get }
    var permission: String { get }
    var opaqueTokens: String { get }
    var proofNeeded: String { get }
    var idleLifetime: String { get }
    var absoluteLifetime: String { get }
    var retryWindow: String { get }
    var ofService: String { get }
    var save: String { get }
    var secret: String { get }
    var newSecretLede: String { get }
    var makeSecret: String { get }
    var removeClientTitle: String { get }
    var removeClientLede: String { get }
    var removeClient: String { get }
    var noClient: String { get }
    var noConfidentialClient: String { get }

    // What a page says once after an action.
    var noticeCreated: String { get }
    var noticeDisabled: String { get }
    var noticeEnabled: String { get }
    var noticeDeleted: String { get }
    var noticeUnlocked: String { get }
    var noticeRenamed: String { get }
    var noticeClaims: String { get }
    var noticePassword: String { get }
    var noticeLinked: String { get }
    var noticeUnlinked: String { get }
    var noticeSessionEnded: String { get }
    var noticeAllEnded: String { get }
    var noticeClientSet: String { get }
    var noticeClientRemoved: String { get }
    var noticeKeyRotated: String { get }
    var noticeKeyRevoked: String { get }
}
