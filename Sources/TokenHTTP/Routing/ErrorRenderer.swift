/// Renders errors for people who look at a page.
package protocol ErrorRenderer: Sendable {
    /// An answer with the problem's status and headers.
    func response(to problem: Problem, for request: Request) -> Response
}
