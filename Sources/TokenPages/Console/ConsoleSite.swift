import Accounts
import HTTPTypes
import Hummingbird
import SessionEngine
import TokenCore
import TokenHTTP

/// What all pages of the console share: who may see them, and how they are rendered.
struct ConsoleSite: Sendable {
    let gate: ConsoleGate
    let renderer: PageRenderer

    /// Shows a page to somebody who is signed in, and the sign-in page to others.
    ///
    /// - Parameter isUse: false for a page that loads itself again, which keeps nobody signed in.
    func show(
        _ exchange: Exchange, isUse: Bool = true, _ page: (ConsoleSession) async throws -> Response
    ) async throws -> Response {
        guard let session = gate.session(of: exchange, isUse: isUse) else { return .seeOther("/console/enter") }
        return try await page(session)
    }

    /// Performs what a form asks for.
    func change(
        _ exchange: Exchange, _ act: (ConsoleSession, FormFields) async throws -> Response
    ) async throws -> Response {
        guard let session = gate.session(of: exchange) else { return .seeOther("/console/enter") }
        let form = try await gate.form(of: exchange, in: session)
        return try await Administrator.$current.withValue(.console(at: exchange.address.text)) {
            try await act(session, form)
        }
    }

    func page<Content>(
        _ template: PageRenderer.Template, status: HTTPResponse.Status = .ok, title: String,
        for session: ConsoleSession?, notice: String? = nil, error: String? = nil, refreshSeconds: Int? = nil,
        _ content: Content
    ) -> Response {
        renderer.page(
            template, status: status,
            ConsoleFrame(
                title: title, csrf: session?.csrf, notice: notice, error: error, refreshSeconds: refreshSeconds,
                content: content))
    }

    func error(_ problem: Problem, for request: Request) -> Response {
        var response = page(
            .consoleError, status: problem.status, title: problem.title, for: nil,
            ErrorContent(problem, for: request, in: renderer.text))
        for field in problem.headers { response.headers.append(field) }
        return response
    }
}
