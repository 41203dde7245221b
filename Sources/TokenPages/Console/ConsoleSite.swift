import Accounts
import HTTPTypes
import SessionEngine
import TokenCore
import TokenHTTP

/// What all pages of the console share: who may see them, and how they are rendered.
struct ConsoleSite: Sendable {
    let gate: ConsoleGate
    let languages: PageLanguages

    /// Shows a page to somebody who is signed in, and the sign-in page to others.
    ///
    /// - Parameter isUse: false for a page that loads itself again, which keeps nobody signed in.
    func show(
        _ exchange: Exchange, isUse: Bool = true, _ page: (ConsoleVisit) async throws -> Response
    ) async throws -> Response {
        guard let session = gate.session(of: exchange, isUse: isUse) else { return .seeOther("/console/enter") }
        let visit = ConsoleVisit(session: session, renderer: languages.renderer(for: exchange))
        do { return try await page(visit) } catch let refusal as ConsoleRefusal { return visit.page(for: refusal) }
    }

    /// Performs what a form asks for.
    func change(
        _ exchange: Exchange, _ act: (ConsoleVisit, FormFields) async throws -> Response
    ) async throws -> Response {
        guard let session = gate.session(of: exchange) else { return .seeOther("/console/enter") }
        let form = try await gate.form(of: exchange, in: session)
        let visit = ConsoleVisit(session: session, renderer: languages.renderer(for: exchange))
        return try await Administrator.$current.withValue(.console(at: exchange.address.text)) {
            do { return try await act(visit, form) } catch let refusal as ConsoleRefusal {
                return visit.page(for: refusal)
            }
        }
    }

    /// Somebody who need not be signed in.
    func visitor(of exchange: Exchange) -> ConsoleVisit {
        ConsoleVisit(session: nil, renderer: languages.renderer(for: exchange))
    }

    func error(_ problem: Problem, for request: Request) -> Response {
        let visit = ConsoleVisit(session: nil, renderer: languages.renderer(for: request))
        var response = visit.failure(ErrorContent(problem, for: request, in: visit.text), status: problem.status)
        response.headers.append(contentsOf: problem.headers)
        return response
    }
}
