import HTTPTypes

/// What an error page says.
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
        "This looks like a request that another site made for you, so nothing was done. If it was you: go back, load "
        + "the page anew, and try once more."
}
