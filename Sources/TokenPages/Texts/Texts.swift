import Accounts

/// All that the pages say, in one language. Each language is one type.
///
/// The properties are parts of templates: `{{text.signIn}}` in a template is the property `signIn`. A text may have
/// tags of its template, such as `{{name}}`, and the elements `strong` and `code`. Those whose names begin with
/// `script` are for the script of /inspect, which fills in what is between single braces.
protocol Texts: Sendable {
    /// The language as an attribute `lang` has it (RFC 5646).
    var language: String { get }

    // Every page.
    var skipToContent: String { get }
    var pages: String { get }
    var inspectToken: String { get }
    var signIn: String { get }
    var signOut: String { get }
    var goOn: String { get }

    // Signing in, also by a link or a provider.
    var username: String { get }
    var password: String { get }
    var newPassword: String { get }
    var staySignedIn: String { get }
    var noUsersYet: String { get }
    var orSignInWith: String { get }
    var continueWith: String { get }
    var wrongCredentials: String { get }
    var proofNeeded: String { get }
    var cookieNotKept: String { get }
    func tooManyAttempts(seconds: Int) -> String
    var passwordRule: String { get }
    var passwordAdvice: String { get }
    func weakPassword(_ objection: PasswordPolicy.Objection) -> String

    // The link of the first start.
    var setUp: String { get }
    var createFirstUser: String { get }
    var setupLede: String { get }
    var createUserAndSignIn: String { get }
    var usernameTaken: String { get }
    func invalidUsername(maximumBytes: Int) -> String
    var setupLinkUsed: String { get }
    var setupLinkUsedDetail: String { get }
    var notTheSetupLink: String { get }
    var notTheSetupLinkDetail: String { get }

    // Invitations and resets.
    var welcome: String { get }
    var setNewPassword: String { get }
    var resetLede: String { get }
    var invitationLede: String { get }
    var setPasswordAndSignIn: String { get }
    var linkVoid: String { get }
    var linkVoidDetail: String { get }

    // What a page says once after an action.
    var noticeUserCreated: String { get }
    var noticeSessionEnded: String { get }
    var noticeOthersEnded: String { get }
    var noticePasswordChanged: String { get }
    var noticePasswordSet: String { get }
    var noticeSessionOver: String { get }
    var noticeAllEnded: String { get }
    var noticeSignedOut: String { get }
    var noticeCancelled: String { get }
    var noticeLinked: String { get }
    var noticeUnlinked: String { get }
    var noticeConfirm: String { get }
    var noticeNoCookie: String { get }

    // The account.
    var yourDevices: String { get }
    var accountLede: String { get }
    var theftTitle: String { get }
    var theftLede: String { get }
    var changeYourPassword: String { get }
    var signOutEverywhere: String { get }
    var thisDevice: String { get }
    var otherDevices: String { get }
    var newestSessions: String { get }
    var olderSessions: String { get }
    var endAllOthers: String { get }
    var endedLastDay: String { get }
    var endedLastWeek: String { get }
    var aboutPictures: String { get }
    var picturesExplained: String { get }

    // The account: the password.
    var changeEndsOthers: String { get }
    var currentPassword: String { get }
    var changePassword: String { get }
    var wrongPassword: String { get }

    // The account: ways to sign in.
    var waysToSignIn: String { get }
    var added: String { get }
    var remove: String { get }
    var removeWay: String { get }
    var addWay: String { get }
    var signInToChange: String { get }
    var signInOnceMore: String { get }
    var signInOnceMoreWith: String { get }

    // A session.
    var currentBadge: String { get }
    var signOutHere: String { get }
    var endSession: String { get }
    var endSessionOf: String { get }
    var address: String { get }
    var application: String { get }
    var signedIn: String { get }
    var lastUsed: String { get }
    var ended: String { get }
    var ends: String { get }
    func browser(_ browser: String, on system: String) -> String
    func application(on system: String) -> String
    var unknownDevice: String { get }

    // How a session ended, in a few words.
    var endedSignedOut: String { get }
    var endedReuse: String { get }
    var endedRollback: String { get }
    var endedByYou: String { get }
    var endedByAdministrator: String { get }
    var endedByApplication: String { get }
    var endedByNewer: String { get }
    var endedAtProvider: String { get }
    var endedPasswordChanged: String { get }
    var endedWithOthers: String { get }
    var endedExpired: String { get }
    var endedOtherwise: String { get }

    // The renewals of a session.
    var neverRenewed: String { get }
    var notRenewedYet: String { get }
    func renewed(_ count: Int) -> String
    func renewed(_ count: Int, last: String) -> String
    func retried(_ count: Int) -> String
    func reused(behind: Int?, address: String?, when: String, at time: String, isCopy: Bool) -> String
    func picture(generations count: Int, isStolen: Bool, isCopy: Bool) -> String
    func usedAgain(_ generation: Int) -> String

    // Times.
    var justNow: String { get }
    var inLessThanAMinute: String { get }
    func past(_ count: Int, _ unit: TimeUnit) -> String
    func future(_ count: Int, _ unit: TimeUnit) -> String

    // A sign-in with a provider that failed.
    var notSignedIn: String { get }
    var nothingChanged: String { get }
    var backToAccount: String { get }
    var signInAnotherWay: String { get }
    var requestNumber: String { get }
    func unreachable(_ provider: String) -> String
    func refused(by provider: String) -> String
    func unverifiable(answerOf provider: String) -> String
    var accountNotAllowed: String { get }
    func linkedElsewhere(_ provider: String) -> String
    var attemptOver: String { get }

    // Errors.
    var formOutOfDate: String { get }
    var formOutOfDateDetail: String { get }
    var openAgain: String { get }
    var notAvailable: String { get }
    var notAvailableDetail: String { get }
    var tryAgain: String { get }
    var goToStart: String { get }
    var tooMany: String { get }
    var notFound: String { get }
    var notFoundDetail: String { get }
    var internalError: String { get }
    var internalErrorDetail: String { get }
    var cannotBeDone: String { get }
    var cannotBeDoneDetail: String { get }

    // The page that inspects a token, and its script.
    var inspectLede: String { get }
    var inspectNeedsScript: String { get }
    var accessToken: String { get }
    var inspectWarning: String { get }
    var scriptAccessToken: String { get }
    var scriptOtherType: String { get }
    var scriptES256: String { get }
    var scriptEdDSA: String { get }
    var scriptRS256: String { get }
    var scriptMLDSA65: String { get }
    var scriptUnsigned: String { get }
    var scriptAlgorithm: String { get }
    var scriptKey: String { get }
    var scriptIssuer: String { get }
    var scriptSubject: String { get }
    var scriptAudience: String { get }
    var scriptClient: String { get }
    var scriptIssued: String { get }
    var scriptExpires: String { get }
    var scriptExpired: String { get }
    var scriptBecomesValid: String { get }
    var scriptBecameValid: String { get }
    var scriptAuthenticated: String { get }
    var scriptTokenID: String { get }
    var scriptSession: String { get }
    var scriptScope: String { get }
    var scriptByPassword: String { get }
    var scriptMethods: String { get }
    var scriptUnknownClaim: String { get }
    var scriptMoment: String { get }
    var scriptInvalidTime: String { get }
    var scriptInvalidDate: String { get }
    var scriptNoKeys: String { get }
    var scriptUnknownKey: String { get }
    var scriptOtherAlgorithm: String { get }
    var scriptValid: String { get }
    var scriptInvalid: String { get }
    var scriptUncheckable: String { get }
    var scriptOpaque: String { get }
    var scriptNotJWT: String { get }
    var scriptTokenOver: String { get }
    var scriptSignature: String { get }
    var scriptHeader: String { get }
    var scriptClaims: String { get }
}
