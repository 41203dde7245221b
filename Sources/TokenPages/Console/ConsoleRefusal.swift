import HTTPTypes

/// Why the console has no page for a request. The answer is an error page in the language of the visitor.
enum ConsoleRefusal: Error {
    case noUser, noSubject, noSession, noSessionOfSubject, noIdentity, noClient, noConfidentialClient, noEventKind

    var status: HTTPResponse.Status { self == .noEventKind ? .badRequest : .notFound }

    func sentence(in console: any ConsoleTexts) -> String {
        switch self {
        case .noUser: console.noUser
        case .noSubject: console.noSubject
        case .noSession: console.noSession
        case .noSessionOfSubject: console.noSessionOfSubject
        case .noIdentity: console.noIdentity
        case .noClient: console.noClient
        case .noConfidentialClient: console.noConfidentialClient
        case .noEventKind: console.noEventKind
        }
    }
}
