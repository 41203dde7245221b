import HTTPTypes
import TokenHTTP

/// The content of an error page.
struct ErrorContent {
    let status: Int
    let title: String
    let detail: String

    init(_ problem: Problem) {
        status = problem.status.code
        title = problem.title
        detail = problem.code == .csrfFailed ? ErrorContent.forgery : problem.detail
    }

    private static let forgery =
        "This request may come from another site, so nothing was done. If you made it yourself, go back, reload the "
        + "page and try again."
}
