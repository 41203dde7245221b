import StrictCoding

/// What an answer of the service means for the one who asked: its `action` decides.
enum Verdict {
    /// It was done.
    case done
    /// The session is over (`login`).
    case login(ServiceRefusal)
    /// Nothing was consumed; the same may be sent again, with a new proof (`retry`).
    case retry(ServiceRefusal)
    /// The access token has expired (`refresh`).
    case refresh(ServiceRefusal)
    /// The request is wrong; the tokens stay (`fix`).
    case fix(ServiceRefusal)
    /// No verdict: the request may have had its effect or not. Answers of proxies and captive portals are of this kind.
    case none

    init(_ answer: ClientAnswer) {
        guard !(200..<300).contains(answer.status) else {
            self = .done
            return
        }
        guard (400..<600).contains(answer.status), answer.hasMediaType("application/problem+json"),
            answer.body.count <= 65_536, let json = try? JSONReader.read(answer.body, maximumDepth: 4),
            let code = json["code"]?.ascii, (1...64).contains(code.utf8.count), let action = json["action"]?.ascii
        else {
            self = .none
            return
        }
        let detail = json["detail"]?.string.flatMap { $0.utf8.count <= 4096 ? $0 : nil } ?? ""
        let refusal = ServiceRefusal(status: answer.status, code: code, detail: detail)
        switch action {
        // A service that cannot answer says nothing of the session.
        case "retry": self = answer.status == 500 ? .none : .retry(refusal)
        case _ where answer.status >= 500: self = .none
        case "login": self = .login(refusal)
        case "refresh": self = .refresh(refusal)
        default: self = .fix(refusal)
        }
    }
}
