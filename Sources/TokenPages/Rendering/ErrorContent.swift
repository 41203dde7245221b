import HTTPTypes
import Hummingbird
import TokenHTTP

/// The content of an error page: what happened, and a button that leads on.
struct ErrorContent {
    let status: Int
    let title: String
    let detail: String
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

    init(_ problem: Problem, for request: Request) {
        let page = ErrorContent.page(of: request)
        let (title, detail, label, place) =
            switch problem.code {
            case .csrfFailed: ("This form is out of date", ErrorContent.forgery, "Open the page again", page)
            case .unavailable: ("Not available at the moment", ErrorContent.unavailable, "Try again", page)
            case .internal, .tooManyAttempts: (problem.title, problem.detail, "Try again", page)
            default: (problem.title, problem.detail, "Go to the start page", "/")
            }
        self.init(status: problem.status, title: title, detail: detail, label: label, place: place)
    }

    /// What a page says when the service cannot answer now.
    static let unavailable = "Nothing was changed. Wait a moment, then try again."

    private static let forgery =
        "Nothing was done. You have signed in or out since the page was opened, or another site has sent this. "
        + "Open the page again and repeat what you wanted to do."

    /// The page that a request is for, or that has its form.
    private static func page(of request: Request) -> String {
        let path = request.uri.path
        if request.method == .get, ["/account", "/login", "/setup", "/welcome"].contains(path) {
            return request.uri.string
        }
        return ["/account", "/login"].first { path == $0 || path.hasPrefix($0 + "/") } ?? "/"
    }
}
