import Accounts

/// The pages in German.
struct German: Texts {
    let language = "de"

    // Every page.
    let skipToContent = "Zum Inhalt springen"
    let pages = "Seiten"
    let inspectToken = "Token untersuchen"
    let signIn = "Anmelden"
    let signOut = "Abmelden"
    let goOn = "Weiter"

    // Signing in, also by a link or a provider.
    let username = "Benutzername"
    let password = "Passwort"
    let newPassword = "Neues Passwort"
    let staySignedIn = "Angemeldet bleiben, wenn der Browser geschlossen wird"
    let noUsersYet = """
        Es gibt noch keine Benutzer. Der Dienst gibt bei jedem Start einen Link für den ersten Benutzer aus: Sie \
        finden ihn im Terminal oder im Protokoll des Dienstes.
        """
    let orSignInWith = "Oder anmelden mit"
    let continueWith = "Weiter mit {{name}}"
    let wrongCredentials = "Der Benutzername oder das Passwort ist falsch."
    let proofNeeded = "Bei diesem Dienst können sich nur Anwendungen anmelden, die einen eigenen Schlüssel nachweisen."
    let cookieNotKept = """
        Benutzername und Passwort sind richtig, aber Ihr Browser hat kein Cookie gespeichert. Deshalb sind Sie nicht \
        angemeldet. Bei einer Adresse mit http speichern Browser keines; öffnen Sie diese Seite mit https.
        """
    func tooManyAttempts(seconds: Int) -> String {
        "Zu viele Versuche. Versuchen Sie es in \(seconds) Sekunde\(seconds == 1 ? "" : "n") noch einmal."
    }
    let passwordRule = "Mindestens {{minimumLength}} Zeichen."
    let passwordAdvice = "Einige Wörter hintereinander sind leicht zu merken und schwer zu erraten."
    func weakPassword(_ objection: PasswordPolicy.Objection) -> String {
        switch objection {
        case .tooLong(let maximumBytes): "Das Passwort ist länger als \(maximumBytes) Bytes."
        case .tooShort(let minimumLength): "Das Passwort ist kürzer als \(minimumLength) Zeichen."
        case .tooCommon: "Dieses Passwort ist zu verbreitet. Wählen Sie ein anderes."
        }
    }

    // The link of the first start.
    let setUp = "Einrichten"
    let createFirstUser = "Ersten Benutzer anlegen"
    let setupLede = """
        Dieser Link funktioniert nur einmal. Wählen Sie einen Benutzernamen und ein Passwort. Danach sind Sie \
        angemeldet.
        """
    let createUserAndSignIn = "Benutzer anlegen und anmelden"
    let usernameTaken = "Dieser Benutzername ist vergeben."
    func invalidUsername(maximumBytes: Int) -> String {
        "Dieser Benutzername ist nicht gültig. Ein Benutzername hat 1 bis \(maximumBytes) Bytes aus sichtbaren Zeichen "
            + "und einfachen Leerzeichen und nicht die Form einer ID."
    }
    let setupLinkUsed = "Dieser Link wurde bereits verwendet"
    let setupLinkUsedDetail = """
        Den ersten Benutzer gibt es schon, und der Link funktioniert nur einmal. Melden Sie sich an; für einen \
        weiteren Benutzer dient der Befehl: heirloom user invite NAME
        """
    let notTheSetupLink = "Das ist nicht der Link zum Einrichten"
    let notTheSetupLinkDetail =
        "Der Dienst gibt bei jedem Start einen anderen Link aus. Der letzte gilt, bis er verwendet wurde."

    // Invitations and resets.
    let welcome = "Willkommen"
    let setNewPassword = "Neues Passwort festlegen"
    let resetLede = """
        Wählen Sie ein neues Passwort für <strong>{{username}}</strong>. Damit enden alle Sitzungen auf anderen \
        Geräten. Dieser Link funktioniert nur einmal.
        """
    let invitationLede = """
        Wählen Sie ein Passwort für <strong>{{username}}</strong>. Danach sind Sie angemeldet. Dieser Link \
        funktioniert nur einmal.
        """
    let setPasswordAndSignIn = "Passwort festlegen und anmelden"
    let linkVoid = "Dieser Link funktioniert nicht mehr"
    let linkVoidDetail = """
        Er wurde verwendet, ist abgelaufen oder wurde durch einen neueren ersetzt. Wenn Sie Ihr Passwort festgelegt \
        haben, melden Sie sich an. Wenn nicht, bitten Sie um einen neuen Link.
        """

    // What a page says once after an action.
    let noticeUserCreated = "Ihr Konto wurde angelegt, und Sie sind angemeldet. Der Link gilt nicht mehr."
    let noticeSessionEnded = "Die Sitzung wurde beendet. Das Gerät ist abgemeldet."
    let noticeOthersEnded = "Alle anderen Sitzungen wurden beendet."
    let noticePasswordChanged = "Das Passwort wurde geändert, und alle anderen Sitzungen wurden beendet."
    let noticePasswordSet = "Ihr Passwort wurde festgelegt, und Sie sind angemeldet. Der Link gilt nicht mehr."
    let noticeSessionOver = "Ihre Sitzung ist beendet. Melden Sie sich noch einmal an."
    let noticeAllEnded = "Alle Sitzungen wurden beendet, auf allen Geräten."
    let noticeSignedOut = "Sie sind abgemeldet."
    let noticeCancelled = "Sie haben die Anmeldung nicht abgeschlossen."
    let noticeLinked = "Sie können sich jetzt auch auf diesem Weg anmelden."
    let noticeUnlinked = "Sie können sich auf diesem Weg nicht mehr anmelden."
    let noticeConfirm = "Melden Sie sich zur Bestätigung noch einmal an. Ändern Sie dann die Wege zur Anmeldung."
    let noticeNoCookie = "Ihr Browser hat kein Cookie gespeichert. Erlauben Sie Cookies, um sich anzumelden."

    // The account.
    let yourDevices = "Ihre Geräte"
    let accountLede = """
        Sie sind als <strong>{{user}}</strong> angemeldet. Jedes Gerät hat eine eigene Sitzung. Beenden Sie die \
        Sitzung jedes Geräts, das Sie nicht kennen.
        """
    let theftTitle = "Vielleicht wurde eine Sitzung kopiert"
    let theftLede = """
        Ein altes Token einer Ihrer Sitzungen wurde noch einmal verwendet. Vielleicht hatte also jemand eine Kopie. \
        Die Sitzung wurde beendet. Wenn Sie sich das nicht erklären können:
        """
    let changeYourPassword = "Ihr Passwort ändern"
    let signOutEverywhere = "Überall abmelden"
    let thisDevice = "Dieses Gerät"
    let otherDevices = "Andere Geräte"
    let newestSessions = "Neueste Sitzungen"
    let olderSessions = "Ältere Sitzungen"
    let endAllOthers = "Alle anderen beenden"
    let endedLastDay = "In den letzten 24 Stunden beendet"
    let endedLastWeek = "In den letzten sieben Tagen beendet"
    let aboutPictures = "Was die Bilder zeigen"
    let picturesExplained = """
        Ein Gerät behält seine Sitzung mit einem Token, das bei jeder Verwendung ersetzt wird. Jeder Punkt ist ein \
        solches Token, und der gefüllte Punkt ist das aktuelle. Wenn eine Antwort verloren geht, fragt das Gerät noch \
        einmal. Das ist harmlos, und ein Bogen zeigt es. Wenn ein altes Token später noch einmal verwendet wird, hat \
        jemand eine Kopie davon. Der Dienst kann nicht wissen, wer von beiden der Dieb ist. Deshalb beendet er die \
        Sitzung sofort, und das Bild wird rot.
        """

    // The account: the password.
    let changeEndsOthers = "Damit enden alle Ihre anderen Sitzungen."
    let currentPassword = "Aktuelles Passwort"
    let changePassword = "Passwort ändern"
    let wrongPassword = "Das aktuelle Passwort ist falsch."

    // The account: ways to sign in.
    let waysToSignIn = "Wege zur Anmeldung"
    let added = "Hinzugefügt"
    let remove = "Entfernen"
    let removeWay = "{{name}} entfernen"
    let addWay = "{{name}} hinzufügen"
    let signInToChange = "Melden Sie sich noch einmal an, um sie zu ändern."
    let signInOnceMore = "Noch einmal anmelden"
    let signInOnceMoreWith = "Noch einmal mit {{name}} anmelden, um sie zu ändern"

    // A session.
    let currentBadge = "dieses Gerät"
    let signOutHere = "Hier abmelden"
    let endSession = "Diese Sitzung beenden"
    let endSessionOf = "Diese Sitzung beenden: {{device}}"
    let address = "Adresse"
    let application = "Anwendung"
    let signedIn = "Angemeldet"
    let lastUsed = "Zuletzt verwendet"
    let ended = "Beendet"
    let ends = "Endet"
    func browser(_ browser: String, on system: String) -> String { "\(browser) auf \(system)" }
    func application(on system: String) -> String { "Eine App auf \(system)" }
    let unknownDevice = "Unbekanntes Gerät"

    // How a session ended, in a few words.
    let endedSignedOut = "abgemeldet"
    let endedReuse = "ein Token wurde noch einmal verwendet"
    let endedRollback = "passte nicht zu den Daten des Dienstes"
    let endedByYou = "von Ihnen beendet"
    let endedByAdministrator = "von der Verwaltung beendet"
    let endedByApplication = "von der Anwendung beendet"
    let endedByNewer = "durch eine neuere Anmeldung beendet"
    let endedAtProvider = "beim Anbieter abgemeldet"
    let endedPasswordChanged = "Passwort geändert"
    let endedWithOthers = "mit allen anderen beendet"
    let endedExpired = "abgelaufen"
    let endedOtherwise = "beendet"

    // The renewals of a session.
    let neverRenewed = "Nie erneuert."
    let notRenewedYet = "Noch nicht erneuert."
    func renewed(_ count: Int) -> String { "\(times(count)) erneuert." }
    func renewed(_ count: Int, last: String) -> String { "\(times(count)) erneuert, zuletzt \(last)." }
    func retried(_ count: Int) -> String {
        "Die letzte Erneuerung wurde \(times(count).lowercased()) wiederholt. Das ist harmlos."
    }
    func reused(behind: Int?, address: String?, when: String, at time: String, isCopy: Bool) -> String {
        let behind = behind.map { ", \(generations($0)) hinter dem neuesten," } ?? ""
        let origin = address.map { " von \($0) aus" } ?? ""
        let copy = isCopy ? " Es kam mit dem Schlüssel der Sitzung, also von einer Kopie des Geräts." : ""
        return "Ein bereits verwendetes Token\(behind) wurde \(when) (\(time))\(origin) noch einmal verwendet.\(copy) "
            + "Die Sitzung wurde auf jedem Gerät beendet, das ihre Tokens hatte."
    }
    func picture(generations count: Int, isStolen: Bool, isCopy: Bool) -> String {
        "\(generations(count)) von Tokens"
            + (isStolen ? ", eine davon später noch einmal verwendet" : "")
            + (isCopy ? ", mit dem Schlüssel der Sitzung: eine Kopie des Geräts" : "")
    }
    func usedAgain(_ generation: Int) -> String { "\(generation) noch einmal verwendet" }

    // Times.
    let justNow = "gerade eben"
    let inLessThanAMinute = "in weniger als einer Minute"
    func past(_ count: Int, _ unit: TimeUnit) -> String { "vor \(amount(count, unit))" }
    func future(_ count: Int, _ unit: TimeUnit) -> String { "in \(amount(count, unit))" }

    // A sign-in with a provider that failed.
    let notSignedIn = "Sie sind nicht angemeldet"
    let nothingChanged = "Es wurde nichts geändert"
    let backToAccount = "Zurück zu Ihrem Konto"
    let signInAnotherWay = "Auf einem anderen Weg anmelden"
    let requestNumber = "Anfrage {{requestID}}"
    func unreachable(_ provider: String) -> String {
        "\(provider) ist nicht erreichbar. Versuchen Sie es noch einmal, oder melden Sie sich mit Ihrem Passwort an."
    }
    func refused(by provider: String) -> String { "\(provider) hat die Anfrage abgelehnt." }
    func unverifiable(answerOf provider: String) -> String { "Die Antwort von \(provider) ließ sich nicht prüfen." }
    let accountNotAllowed = "Dieses Konto darf sich hier nicht anmelden."
    func linkedElsewhere(_ provider: String) -> String { "Das Konto bei \(provider) gehört einem anderen Benutzer." }
    let attemptOver = """
        Diese Anmeldung wurde bereits verwendet oder hat zu lange gedauert. Wenn das noch einmal vorkommt, erlauben \
        Sie Cookies für diese Seite.
        """

    // Errors.
    let formOutOfDate = "Dieses Formular ist veraltet"
    let formOutOfDateDetail = """
        Es wurde nichts getan. Sie haben sich an- oder abgemeldet, seit die Seite geöffnet wurde, oder eine andere \
        Website hat dies gesendet. Öffnen Sie die Seite noch einmal, und wiederholen Sie, was Sie tun wollten.
        """
    let openAgain = "Seite noch einmal öffnen"
    let notAvailable = "Im Moment nicht verfügbar"
    let notAvailableDetail = "Es wurde nichts geändert. Warten Sie einen Moment, und versuchen Sie es dann noch einmal."
    let tryAgain = "Noch einmal versuchen"
    let goToStart = "Zur Startseite"
    let tooMany = "Zu viele Versuche"
    let notFound = "Nicht gefunden"
    let notFoundDetail = "Unter dieser Adresse gibt es keine Seite."
    let internalError = "Interner Fehler"
    let internalErrorDetail = "Im Dienst ist ein Fehler aufgetreten. Der Betreiber findet ihn im Protokoll."
    let cannotBeDone = "Das ist nicht möglich"
    let cannotBeDoneDetail = "Der Dienst hat abgelehnt, was der Browser gesendet hat. Es wurde nichts geändert."

    // The page that inspects a token, and its script.
    let inspectLede = "Fügen Sie ein Zugriffstoken ein. Ihr Browser liest es hier und sendet es nirgendwohin."
    let inspectNeedsScript = """
        Diese Seite braucht JavaScript, um ein Token zu lesen, ohne es zu senden. Auf der Befehlszeile dient dazu \
        <code>heirloom token inspect</code>.
        """
    let accessToken = "Zugriffstoken (JWT)"
    let inspectWarning = """
        Ein JWT ist signiert, aber nicht verschlüsselt: Wer es hat, kann alles darin lesen, wie diese Seite es tut. \
        Wer es hat, kann es auch verwenden, bis es abläuft. Fügen Sie deshalb nur Ihre eigenen Tokens ein.
        """
    let scriptAccessToken = "Ein Zugriffstoken (RFC 9068)."
    let scriptOtherType = "Die Art des Tokens. Bei einem Zugriffstoken ist sie at+jwt."
    let scriptES256 = "Mit ECDSA auf der Kurve P-256 signiert."
    let scriptEdDSA = "Mit Ed25519 signiert."
    let scriptRS256 = "Mit RSA signiert."
    let scriptMLDSA65 = "Mit ML-DSA signiert, das Quantencomputern widersteht."
    let scriptUnsigned = "Nicht signiert. Akzeptieren Sie dieses Token nicht."
    let scriptAlgorithm = "Das Verfahren der Signatur."
    let scriptKey = "Die ID des Schlüssels, mit dem der Aussteller es signiert hat."
    let scriptIssuer = "Der Aussteller."
    let scriptSubject = "Für wen es ausgestellt wurde."
    let scriptAudience = "Die Empfänger. Andere müssen das Token ablehnen."
    let scriptClient = "Die Anwendung, für die es ausgestellt wurde."
    let scriptIssued = "Ausgestellt: {moment}."
    let scriptExpires = "Läuft ab: {moment}."
    let scriptExpired = "Abgelaufen: {moment}."
    let scriptBecomesValid = "Wird gültig: {moment}."
    let scriptBecameValid = "Wurde gültig: {moment}."
    let scriptAuthenticated = "Der Benutzer hat sich angemeldet: {moment}. Eine Erneuerung ändert das nicht."
    let scriptTokenID = "Die ID dieses Tokens."
    let scriptSession = "Die Sitzung, zu der es gehört. Wenn die Sitzung endet, ist das Token nicht mehr gültig."
    let scriptScope = "Was es erlaubt."
    let scriptByPassword = "Der Benutzer hat sich mit einem Passwort angemeldet."
    let scriptMethods = "Wie sich der Benutzer angemeldet hat."
    let scriptUnknownClaim = "Eine Angabe, die diese Seite nicht kennt."
    let scriptMoment = "{relative} ({date} UTC)"
    let scriptInvalidTime = "zu einer ungültigen Zeit"
    let scriptInvalidDate = "ungültiges Datum"
    let scriptNoKeys = "Die öffentlichen Schlüssel konnten nicht geladen werden. Die Signatur wurde nicht geprüft."
    let scriptUnknownKey = "Der Dienst hat keinen Schlüssel mit dieser ID. Das Token ist fremd oder sehr alt."
    let scriptOtherAlgorithm = "Das Verfahren passt nicht zum Schlüssel. Akzeptieren Sie dieses Token nicht."
    let scriptValid = "Die Signatur ist gültig: Das Token ist von diesem Dienst, und nichts darin wurde geändert."
    let scriptInvalid = "Die Signatur ist ungültig: Das Token wurde geändert oder ist nicht von diesem Dienst."
    let scriptUncheckable = "Dieser Browser kann Signaturen mit {algorithm} nicht prüfen."
    let scriptOpaque = "Das ist ein undurchsichtiges Token dieses Dienstes. Nur der Dienst kann es lesen."
    let scriptNotJWT = "Das ist kein JWT. Ein JWT hat drei Teile, getrennt durch Punkte; in den ersten beiden ist JSON."
    let scriptTokenOver = "Aber das Token ist abgelaufen."
    let scriptSignature = "Signatur"
    let scriptHeader = "Kopf"
    let scriptClaims = "Angaben"

    private func times(_ count: Int) -> String { count == 1 ? "Einmal" : count == 2 ? "Zweimal" : "\(count)-mal" }
    private func generations(_ count: Int) -> String { count == 1 ? "1 Generation" : "\(count) Generationen" }
    /// In the dative.
    private func amount(_ count: Int, _ unit: TimeUnit) -> String {
        switch unit {
        case .day: "\(count) Tag\(count == 1 ? "" : "en")"
        case .hour: "\(count) Stunde\(count == 1 ? "" : "n")"
        case .minute: "\(count) Minute\(count == 1 ? "" : "n")"
        }
    }
}
