/// The console in German.
struct ConsoleGerman: ConsoleTexts {
    // Every page.
    let name = "Konsole"
    let siteTitle = "Konsole von {{site.name}}"
    let users = "Benutzer"
    let clients = "Clients"
    let keys = "Schlüssel"
    let events = "Ereignisse"
    let providers = "Anbieter"
    let goToOverview = "Zur Übersicht"

    // What several pages have.
    let kind = "Art"
    let state = "Zustand"
    let created = "Angelegt"
    let issuer = "Aussteller"
    let claims = "Angaben"
    let confidential = "vertraulich"
    let publicKind = "öffentlich"
    let stateActive = "aktiv"
    let stateDisabled = "gesperrt"
    let stateDeleted = "gelöscht"
    let nothingChanged = "Es wurde nichts geändert:"

    // Signing in.
    let linkLede = "Die Schaltfläche meldet Sie an. Der Link funktioniert nur einmal."
    let openConsole = "Konsole öffnen"
    let enterLede = """
        Führen Sie auf dem Server <code>heirloom console</code> aus, und öffnen Sie den Link, den der Befehl \
        ausgibt. Oder melden Sie sich mit dem Admin-Token an.
        """
    let adminToken = "Admin-Token"
    let linkUsedBefore = "Dieser Link wurde bereits verwendet. Einen neuen gibt der Befehl aus: heirloom console"
    let credentialRefused = """
        Das ist weder das Admin-Token noch ein Link der letzten fünf Minuten. Einen Link gibt der Befehl aus: \
        heirloom console
        """

    // The overview.
    let overview = "Übersicht"
    let loadAgain = "Alle 15 Sekunden neu laden"
    let stopLoading = "Nicht mehr alle 15 Sekunden neu laden"
    let liveSessions = "Aktive Sitzungen"
    let commandsWaiting = "Wartende Befehle"
    let hashesWaiting = "Wartende Passwort-Hashes"
    let feedReaders = "Leser des Feeds"
    let database = "Datenbank"
    let signingKeyAge = "Alter des Signaturschlüssels"
    let certificateExpires = "Zertifikat läuft ab"
    func days(_ count: Int) -> String { "\(count) Tag\(count == 1 ? "" : "e")" }
    let toLookAt = "Zu prüfen"
    let alarmsLede = "Kopierte oder wiederhergestellte Tokens der letzten sieben Tage. Jedes hat seine Sitzung beendet."
    let noAlarms = "In den letzten sieben Tagen wurde kein Token noch einmal verwendet."

    // Events.
    let when = "Wann"
    let what = "Ereignis"
    let whose = "Subjekt"
    let detail = "Einzelheiten"
    let byActor = "durch {{actor}}"
    let allKinds = "alle"
    let subject = "Subjekt"
    let idOrUsername = "ID oder Benutzername"
    let followEvents = "Alle fünf Sekunden neu laden"
    let show = "Anzeigen"
    let noEvents = "Es gibt kein solches Ereignis."
    let noEventKind = "Diese Art von Ereignissen gibt es nicht."
    let olderEvents = "Ältere Ereignisse"

    // Signing keys.
    let signingKeys = "Signaturschlüssel"
    let key = "Schlüssel"
    let made = "Erzeugt"
    let gone = "Entfällt"
    let keyNext = "nächster"
    let keyCurrent = "aktuell"
    let keyRetired = "abgelöst"
    let publicKeys = "Öffentliche Schlüssel"
    let keySetLede = "Prüfende Dienste laden diese Schlüssel (JWKS) von <code>{{address}}</code>."
    let rotate = "Wechseln"
    let rotateLede = """
        Der veröffentlichte nächste Schlüssel wird zum aktuellen. Der Dienst wechselt die Schlüssel auch nach Plan.
        """
    let rotateForce = "Auch wenn prüfende Dienste den nächsten Schlüssel vielleicht noch nicht geladen haben"
    let rotateNow = "Jetzt wechseln"
    func rotatedTooEarly(seconds: Int) -> String {
        "Der nächste Schlüssel wurde erst vor Kurzem veröffentlicht. Vielleicht haben prüfende Dienste ihn noch nicht "
            + "geladen. Warten Sie \(seconds) Sekunde\(seconds == 1 ? "" : "n"), oder wechseln Sie trotzdem."
    }
    let takeOutTitle = "Schlüssel im Notfall widerrufen"
    let takeOutLede =
        "Zugriffstokens, die er signiert hat, werden abgelehnt, sobald prüfende Dienste die Schlüssel neu laden."
    let takeOut = "Schlüssel widerrufen"
    let noKey = "Es gibt keinen Signaturschlüssel mit dieser ID."

    // Providers.
    let noProviders = "Die Konfiguration nennt keinen OpenID-Anbieter: <code>federation.providers</code>."
    let provider = "Anbieter"
    let redirectURI = "Redirect-URI, die dort einzutragen ist"
    let newPeople = "Neue Personen"
    let getAccount = "erhalten ein Konto"
    let areRefused = "werden abgelehnt"

    // Users.
    let nameOrID = "Name oder ID"
    let beginningIsEnough = "der Anfang genügt"
    let search = "Suchen"
    let noSuchUser = "Kein Benutzername beginnt mit diesem Text."
    let noUsers = "Es gibt noch keine Benutzer."
    let moreUsers = "Weitere Benutzer"
    let createUserTitle = "Einen Benutzer anlegen"
    let createUser = "Benutzer anlegen"
    let passwordOptional = "Ohne Passwort erstellt die nächste Seite einen Link, mit dem der Benutzer es festlegt."

    // A subject.
    let user = "Benutzer"
    let outsideSubject = "externes Subjekt"
    let id = "ID"
    let oneTimeLinkLede = """
        Mit diesem Link lässt sich einmal ein Passwort festlegen, innerhalb von 24 Stunden. Kopieren Sie ihn jetzt: \
        Er wird nicht noch einmal angezeigt.
        """
    let disable = "Sperren"
    let enable = "Entsperren"
    let unlock = "Nach Fehlversuchen freigeben"
    let makeReset = "Link zum Zurücksetzen des Passworts erstellen"
    let makeInvitation = "Einladung erstellen"
    let noSessions = "Keine aktiven Sitzungen."
    let endAll = "Alle Sitzungen beenden"
    let sessionClaims = "Angaben der Sitzung: <code>{{sessionClaims}}</code>"
    let eventsOfSubject = "Ereignisse dieses Subjekts"
    let jsonObject = "Ein JSON-Objekt"
    let refuseTokens = "Zugriffstokens ablehnen, die vorher ausgestellt wurden"
    let replaceClaims = "Angaben ersetzen"
    let invalidClaims = "Die Angaben sind nicht gültig:"
    let account = "Konto"
    let newUsername = "Neuer Benutzername"
    let rename = "Umbenennen"
    let passwordEndsAll = "Alle Sitzungen enden."
    let setPassword = "Passwort festlegen"
    let userDisabled = "Der Benutzer ist gesperrt."
    let userHasNoName = "Der Benutzer hat keinen Namen zur Anmeldung. Benennen Sie ihn zuerst um."
    let userHasPassword = "Der Benutzer hat inzwischen ein Passwort."
    let deleteUser = "Diesen Benutzer löschen"
    let deleteLede = "Alle Sitzungen enden. Niemand kann das rückgängig machen."
    let deleteName = "{{name}} löschen"
    let noUser = "Es gibt keinen Benutzer mit dieser ID."
    let noSubject = "Es gibt kein Subjekt mit dieser ID."
    let noSession = "Es gibt keine aktive Sitzung mit dieser ID."
    let noSessionOfSubject = "Dieses Subjekt hat keine Sitzung mit dieser ID."

    // A subject: identities.
    let identities = "Identitäten"
    let subjectThere = "Subjekt dort"
    let removeIdentity = "{{providerSubject}} entfernen"
    let issuerOfProvider = "Aussteller des Anbieters"
    let subjectThereField = "Subjekt dort (<code>sub</code>)"
    let linkIdentity = "Identität verknüpfen"
    let invalidIdentity = "Die Identität ist nicht gültig:"
    func identityOfAnother(_ subject: String) -> String {
        "Diese Identität gehört zum Subjekt \(subject), das vielleicht gelöscht wurde."
    }
    func tooManyIdentities(maximum: Int) -> String { "Ein Benutzer hat höchstens \(maximum) Identitäten." }
    let lastWayToSignIn = """
        Das ist der letzte Weg des Benutzers zur Anmeldung. Legen Sie ein Passwort fest, oder verknüpfen Sie eine \
        andere Identität.
        """
    let noIdentity = "Der Benutzer hat keine solche Identität."

    // Clients.
    let client = "Client"
    let mayAskFor = "Darf anfordern"
    let anyScope = "alles"
    let moreClients = "Weitere Clients"
    let addClientTitle = "Einen Client hinzufügen"
    let clientName = "Name"
    let confidentialBox = "Vertraulich: Er erhält ein Geheimnis, das die nächste Seite einmal anzeigt"
    let addClient = "Client hinzufügen"
    let clientNameTaken = "Einen Client mit diesem Namen gibt es schon."
    let invalidClientName =
        "Der Name besteht nicht aus 1 bis 64 Buchstaben, Ziffern, Punkten, Unterstrichen und Bindestrichen."

    // A client.
    let secretLede = "Das Geheimnis dieses Clients. Kopieren Sie es jetzt: Es wird nicht noch einmal angezeigt."
    let builtIn = "eingebaut"
    let secrets = "Geheimnisse"
    let yes = "ja"
    let no = "nein"
    let settings = "Einstellungen"
    let scopeLabel = "Scope, den er anfordern darf"
    let anyScopeBox = "Jeder Scope, wie bei Clients älterer Versionen"
    let permission = "Berechtigung <code>{{name}}</code>"
    let opaqueTokens = "Undurchsichtige Zugriffstokens"
    let proofNeeded = "Kein Token ohne Nachweis seines Schlüssels (DPoP)"
    let idleLifetime = "Lebensdauer seiner Sitzungen ohne Verwendung, in Sekunden"
    let absoluteLifetime = "Absolute Lebensdauer, in Sekunden"
    let retryWindow = "Zeitraum für Wiederholungen, in Sekunden"
    let ofService = "wie beim Dienst"
    let save = "Speichern"
    let secret = "Geheimnis"
    let newSecretLede =
        "Erzeugt ein neues Geheimnis und zeigt es einmal an. Das vorige bleibt bis zum nächsten Wechsel gültig."
    let makeSecret = "Neues Geheimnis erzeugen"
    let removeClientTitle = "Diesen Client entfernen"
    let removeClientLede = "Alle seine Sitzungen enden."
    let removeClient = "{{id}} entfernen"
    let noClient = "Es gibt keinen Client mit diesem Namen."
    let noConfidentialClient = "Es gibt keinen vertraulichen Client mit diesem Namen."

    // What a page says once after an action.
    let noticeCreated = "Der Benutzer wurde angelegt."
    let noticeDisabled = "Der Benutzer wurde gesperrt, und alle Sitzungen wurden beendet."
    let noticeEnabled = "Der Benutzer kann sich wieder anmelden."
    let noticeDeleted = "Der Benutzer wurde gelöscht."
    let noticeUnlocked = "Der Benutzer kann sich sofort anmelden."
    let noticeRenamed = "Der Benutzer wurde umbenannt."
    let noticeClaims = "Die Angaben wurden ersetzt."
    let noticePassword = "Das Passwort wurde festgelegt, und alle Sitzungen wurden beendet."
    let noticeLinked = "Die Identität wurde verknüpft."
    let noticeUnlinked = "Die Identität wurde entfernt."
    let noticeSessionEnded = "Die Sitzung wurde beendet."
    let noticeAllEnded = "Alle Sitzungen wurden beendet."
    let noticeClientSet = "Die Einstellungen wurden gespeichert."
    let noticeClientRemoved = "Der Client wurde entfernt. Seine Sitzungen sind beendet."
    let noticeKeyRotated = "Der nächste Schlüssel ist jetzt der aktuelle."
    let noticeKeyRevoked = """
        Der Schlüssel wurde widerrufen. Prüfende Dienste lehnen seine Tokens ab, wenn sie die Schlüssel neu geladen \
        haben.
        """
}
