import Accounts

/// The pages in English.
struct English: Texts {
    let language = "en"

    // Every page.
    let skipToContent = "Skip to the content"
    let pages = "Pages"
    let inspectToken = "Inspect a token"
    let signIn = "Sign in"
    let signOut = "Sign out"
    let goOn = "Continue"

    // Signing in, also by a link or a provider.
    let username = "Username"
    let password = "Password"
    let newPassword = "New password"
    let staySignedIn = "Stay signed in when the browser is closed"
    let noUsersYet = """
        There are no users yet. The service prints a link for the first one each time it starts: look at its terminal \
        or its log.
        """
    let orSignInWith = "Or sign in with"
    let continueWith = "Continue with {{name}}"
    let wrongCredentials = "The username or the password is wrong."
    let proofNeeded = "Only applications that prove possession of a key can sign in to this service."
    let cookieNotKept = """
        The username and the password are right, but your browser kept no cookie, so you are not signed in. Browsers \
        keep none for a plain http address; open this page by https.
        """
    func tooManyAttempts(seconds: Int) -> String {
        "Too many attempts. Try again in \(seconds) second\(seconds == 1 ? "" : "s")."
    }
    let passwordRule = "At least {{minimumLength}} characters."
    let passwordAdvice = "A few words in a row are easy to remember and hard to guess."
    func weakPassword(_ objection: PasswordPolicy.Objection) -> String { objection.description }

    // The link of the first start.
    let setUp = "Set up"
    let createFirstUser = "Create the first user"
    let setupLede = "This link works once. Choose a username and a password. Then you are signed in."
    let createUserAndSignIn = "Create the user and sign in"
    let usernameTaken = "This username is taken."
    func invalidUsername(maximumBytes: Int) -> String {
        "This is not a valid username. A username has \(Username.rule)."
    }
    let setupLinkUsed = "This link has been used"
    let setupLinkUsedDetail = """
        The first user exists, and the link worked once. Sign in; for a further user, run: heirloom user invite NAME
        """
    let notTheSetupLink = "This is not the setup link"
    let notTheSetupLinkDetail = """
        The service prints another link each time it starts. The one of its last start works until it has been used.
        """

    // Invitations and resets.
    let welcome = "Welcome"
    let setNewPassword = "Set a new password"
    let resetLede = """
        Choose a new password for <strong>{{username}}</strong>. This ends all sessions on other devices. This link \
        works once.
        """
    let invitationLede =
        "Choose a password for <strong>{{username}}</strong>. Then you are signed in. This link works once."
    let setPasswordAndSignIn = "Set the password and sign in"
    let linkVoid = "This link does not work any more"
    let linkVoidDetail = """
        It was used, has expired, or was replaced by a newer one. If you have set your password, sign in. If not, ask \
        for another link.
        """

    // What a page says once after an action.
    let noticeUserCreated = "Your account was created, and you are signed in. The link cannot be used again."
    let noticeSessionEnded = "The session was ended. That device is signed out."
    let noticeOthersEnded = "All other sessions were ended."
    let noticePasswordChanged = "The password was changed, and all other sessions were ended."
    let noticePasswordSet = "Your password was set, and you are signed in. The link cannot be used again."
    let noticeSessionOver = "Your session has ended. Sign in again."
    let noticeAllEnded = "Every session was ended, on every device."
    let noticeSignedOut = "You are signed out."
    let noticeCancelled = "You did not finish signing in."
    let noticeLinked = "You can now sign in that way, too."
    let noticeUnlinked = "You can no longer sign in that way."
    let noticeConfirm = "Sign in once more to confirm that it is you. Then change your ways to sign in."
    let noticeNoCookie = "Your browser kept no cookie, so you are not signed in. Allow cookies for this site."

    // The account.
    let yourDevices = "Your devices"
    let accountLede = """
        You are signed in as <strong>{{user}}</strong>. Each device has its own session. End the session of any device \
        that you do not know.
        """
    let theftTitle = "Somebody may have copied a session"
    let theftLede = """
        An old token of one of your sessions was used again, so somebody may have had a copy. The session was ended. \
        If you cannot explain this:
        """
    let changeYourPassword = "Change your password"
    let signOutEverywhere = "Sign out everywhere"
    let thisDevice = "This device"
    let otherDevices = "Other devices"
    let newestSessions = "Newest sessions"
    let olderSessions = "Older sessions"
    let endAllOthers = "End all others"
    let endedLastDay = "Ended in the last day"
    let endedLastWeek = "Ended in the last seven days"
    let aboutPictures = "What the pictures show"
    let picturesExplained = """
        A device keeps its session with a token that is replaced each time it is used. Each dot is one such token, and \
        the filled dot is the current one. If an answer is lost, the device asks for it again. This is harmless, and \
        an arc shows it. If an old token is used again later, somebody has a copy of it. The service cannot know which \
        of the two is the thief, so it ends the session at once, and the picture turns red.
        """

    // The account: the password.
    let changeEndsOthers = "This ends all your other sessions."
    let currentPassword = "Current password"
    let changePassword = "Change the password"
    let wrongPassword = "The current password is wrong."

    // The account: ways to sign in.
    let waysToSignIn = "Ways to sign in"
    let added = "Added"
    let remove = "Remove"
    let removeWay = "Remove {{name}}"
    let addWay = "Add {{name}}"
    let signInToChange = "To change them, sign in once more."
    let signInOnceMore = "Sign in once more"
    let signInOnceMoreWith = "Sign in once more with {{name}}, to change them"

    // A session.
    let currentBadge = "this device"
    let signOutHere = "Sign out here"
    let endSession = "End this session"
    let endSessionOf = "End this session: {{device}}"
    let address = "Address"
    let application = "Application"
    let signedIn = "Signed in"
    let lastUsed = "Last used"
    let ended = "Ended"
    let ends = "Ends"
    func browser(_ browser: String, on system: String) -> String { "\(browser) on \(system)" }
    func application(on system: String) -> String { "An app on \(system)" }
    let unknownDevice = "Unknown device"

    // How a session ended, in a few words.
    let endedSignedOut = "signed out"
    let endedReuse = "a token was used again"
    let endedRollback = "did not match the records"
    let endedByYou = "ended by you"
    let endedByAdministrator = "ended by an administrator"
    let endedByApplication = "ended by the application"
    let endedByNewer = "ended by a newer sign-in"
    let endedAtProvider = "signed out at the provider"
    let endedPasswordChanged = "password changed"
    let endedWithOthers = "ended with all others"
    let endedExpired = "expired"
    let endedOtherwise = "ended"

    // The renewals of a session.
    let neverRenewed = "Never renewed."
    let notRenewedYet = "Not renewed yet."
    func renewed(_ count: Int) -> String { "Renewed \(times(count))." }
    func renewed(_ count: Int, last: String) -> String { "Renewed \(times(count)), last \(last)." }
    func retried(_ count: Int) -> String {
        "The last renewal was asked for again \(times(count)), which is harmless."
    }
    func reused(behind: Int?, address: String?, when: String, at time: String, isCopy: Bool) -> String {
        let behind = behind.map { ", \(generations($0)) behind the newest," } ?? ""
        let origin = address.map { " from \($0)" } ?? ""
        let copy = isCopy ? " It came with the session's own key: a copy of the device." : ""
        return "A token that was used before\(behind) was used again\(origin) \(when) (\(time)).\(copy) "
            + "The session was ended on every device that had its tokens."
    }
    func picture(generations count: Int, isStolen: Bool, isCopy: Bool) -> String {
        "\(generations(count)) of tokens" + (isStolen ? ", one of them used again later" : "")
            + (isCopy ? " with the session's own key: a copy of the device" : "")
    }
    func usedAgain(_ generation: Int) -> String { "\(generation) used again" }

    // Times.
    let justNow = "just now"
    let inLessThanAMinute = "in less than a minute"
    func past(_ count: Int, _ unit: TimeUnit) -> String { "\(amount(count, unit)) ago" }
    func future(_ count: Int, _ unit: TimeUnit) -> String { "in \(amount(count, unit))" }

    // A sign-in with a provider that failed.
    let notSignedIn = "You are not signed in"
    let nothingChanged = "Nothing was changed"
    let backToAccount = "Go back to your account"
    let signInAnotherWay = "Sign in another way"
    let requestNumber = "Request {{requestID}}"
    func unreachable(_ provider: String) -> String {
        "\(provider) cannot be reached. Try again, or sign in with your password."
    }
    func refused(by provider: String) -> String { "\(provider) refused the request." }
    func unverifiable(answerOf provider: String) -> String { "The answer from \(provider) could not be verified." }
    let accountNotAllowed = "This account may not sign in here."
    func linkedElsewhere(_ provider: String) -> String { "This \(provider) account belongs to another user." }
    let attemptOver = """
        This sign-in was used already, or took too long. If that happens again, allow cookies for this site.
        """

    // Errors.
    let formOutOfDate = "This form is out of date"
    let formOutOfDateDetail = """
        Nothing was done. You have signed in or out since the page was opened, or another site has sent this. Open the \
        page again and repeat what you wanted to do.
        """
    let openAgain = "Open the page again"
    let notAvailable = "Not available at the moment"
    let notAvailableDetail = "Nothing was changed. Wait a moment, then try again."
    let tryAgain = "Try again"
    let goToStart = "Go to the start page"
    let tooMany = "Too many attempts"
    let notFound = "Not found"
    let notFoundDetail = "There is no page with this address."
    let internalError = "Internal error"
    let internalErrorDetail = "Something went wrong in the service. Its operator can find the error in the log."
    let cannotBeDone = "This cannot be done"
    let cannotBeDoneDetail = "The service refused what the browser sent, and nothing was changed."

    // The page that inspects a token, and its script.
    let inspectLede = "Paste an access token. Your browser reads it here, and does not send it anywhere."
    let inspectNeedsScript = """
        This page needs JavaScript to read a token without sending it. On a command line, use <code>heirloom token \
        inspect</code>.
        """
    let accessToken = "Access token (JWT)"
    let inspectWarning = """
        A JWT is signed, but not encrypted: anyone who has it can read all of it, as this page does. Anyone who has it \
        can also use it until it expires, so paste only your own tokens.
        """
    let scriptAccessToken = "An access token (RFC 9068)."
    let scriptOtherType = "The type of token. That of an access token is at+jwt."
    let scriptES256 = "Signed with ECDSA on the curve P-256."
    let scriptEdDSA = "Signed with Ed25519."
    let scriptRS256 = "Signed with RSA."
    let scriptMLDSA65 = "Signed with ML-DSA, which resists quantum computers."
    let scriptUnsigned = "Not signed. Do not accept this token."
    let scriptAlgorithm = "The algorithm of the signature."
    let scriptKey = "The id of the issuer's key that signed it."
    let scriptIssuer = "The issuer."
    let scriptSubject = "The subject that it was issued for."
    let scriptAudience = "The audience. Others must refuse the token."
    let scriptClient = "The application that it was issued to."
    let scriptIssued = "Issued {moment}."
    let scriptExpires = "Expires {moment}."
    let scriptExpired = "Expired {moment}."
    let scriptBecomesValid = "Becomes valid {moment}."
    let scriptBecameValid = "Became valid {moment}."
    let scriptAuthenticated = "The user was authenticated {moment}. A refresh does not change this."
    let scriptTokenID = "The id of this token."
    let scriptSession = "The session that it belongs to. The token is not valid after the session ends."
    let scriptScope = "What it permits."
    let scriptByPassword = "The user was authenticated by a password."
    let scriptMethods = "How the user was authenticated."
    let scriptUnknownClaim = "A claim that this page does not know."
    let scriptMoment = "{relative}, on {date} UTC"
    let scriptInvalidTime = "at an invalid time"
    let scriptInvalidDate = "an invalid date"
    let scriptNoKeys = "The public keys could not be fetched, so the signature was not checked."
    let scriptUnknownKey = "This service has no key with this id. Another issuer made the token, or it is very old."
    let scriptOtherAlgorithm = "The algorithm is not that of the key. Do not accept this token."
    let scriptValid = "The signature is valid: this service issued the token, and nothing in it was changed."
    let scriptInvalid = "The signature is not valid: the token was changed, or this service did not issue it."
    let scriptUncheckable = "This browser cannot check {algorithm} signatures."
    let scriptOpaque = "This is an opaque token of this service. Only the service can read it."
    let scriptNotJWT = """
        This is not a JWT: a JWT has three parts separated by dots, and the first two contain JSON.
        """
    let scriptTokenOver = "But the token has expired."
    let scriptSignature = "Signature"
    let scriptHeader = "Header"
    let scriptClaims = "Claims"

    private func times(_ count: Int) -> String { count == 1 ? "once" : count == 2 ? "twice" : "\(count) times" }
    private func generations(_ count: Int) -> String { "\(count) generation\(count == 1 ? "" : "s")" }
    private func amount(_ count: Int, _ unit: TimeUnit) -> String {
        let name =
            switch unit {
            case .day: "day"
            case .hour: "hour"
            case .minute: "minute"
            }
        return "\(count) \(name)\(count == 1 ? "" : "s")"
    }
}
