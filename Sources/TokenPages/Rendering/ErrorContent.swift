import HTTPTypes
import TokenHTTP

/// The content of an error page: what happened, and a button that leads on.
struct ErrorContent {
    let status: Int
    let title: String
    let detail: String
    /// What the problem document says, in English; nil where the page says as much.
    var cause: String?
    /// The button's label, and the path that it leads to.
    let label: String
    let place: String

    init(status: HTTPResponse.Status, title: String, detail: String, label: String, place: String) {
        self.status = status.code
        self.title = title
        self.detail = detail
        self.label = label
        self.place = place
    }

    init(_ problem: Problem, for request: Request, in text: any Texts) {
        let page = ErrorContent.page(of: request)
        let (title, detail, label, place) =
            switch problem.code {
            case .csrfFailed: (text.formOutOfDate, text.formOutOfDateDetail, text.openAgain, page)
            case .unavailable: (text.notAvailable, text.notAvailableDetail, text.tryAgain, page)
            case .internal: (text.internalError, text.internalErrorDetail, text.tryAgain, page)
            case .tooManyAttempts: (text.tooMany, ErrorContent.wait(problem, text), text.tryAgain, page)
            case .notFound: (text.notFound, text.notFoundDetail, text.goToStart, "/")
            default: (text.cannotBeDone, text.cannotBeDoneDetail, text.goToStart, "/")
            }
        self.init(status: problem.status, title: title, detail: detail, label: label, place: place)
        switch problem.code {
        case .csrfFailed, .unavailable, .tooManyAttempts: break
        case .notFound where problem.detail == Problem.unknownPath.detail: break
        default: cause = problem.detail
        }
    }

    private static func wait(_ problem: Problem, _ text: any Texts) -> String {
        problem.headers[.retryAfter].flatMap { Int($0) }.map { text.tooManyAttempts(seconds: $0) } ?? problem.detail
    }

    /// The page that a request is for, or that has its form.
    private static func page(of request: Request) -> String {
        let path = request.path
        if request.method == .get, ["/account", "/login", "/setup", "/welcome"].contains(path) {
            return request.target
        }
        return ["/account", "/login"].first { path == $0 || path.hasPrefix($0 + "/") } ?? "/"
    }
}
