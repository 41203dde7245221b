package import HTTPTypes
package import Hummingbird

/// Which handler answers which method on which path.
///
/// Paths are compared byte for byte: no case folding, no percent-decoding, no trailing slash. Another spelling of a
/// path therefore evades no rule.
package struct RouteTable: Sendable {
    /// Answers one request.
    package typealias Handler = @Sendable (Exchange) async throws -> Response

    private typealias Methods = [HTTPRequest.Method: Handler]

    private var exact: [String: Methods] = [:]
    /// Paths whose last part, or last part but one, is variable, with `*` in its place.
    private var variable: [String: Methods] = [:]

    private struct Match {
        /// The path for logs and metrics: with `*` for the variable part, which may be a token sent to the wrong place.
        let route: String
        let methods: Methods
        var parameter = ""
    }

    init(_ controllers: [any Controller]) {
        for controller in controllers { controller.addRoutes(to: &self) }
    }

    /// Adds a route.
    ///
    /// - Parameter path: with `*` where its last part, or its last part but one, is variable.
    package mutating func on(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        if path.contains("*") {
            variable[path, default: [:]][method] = handler
        } else {
            exact[path, default: [:]][method] = handler
        }
    }

    /// Adds the routes of another table, with each handler replaced by what `wrap` makes of it.
    mutating func add(_ routes: RouteTable, wrap: (@escaping Handler) -> Handler) {
        exact.merge(routes.exact.mapValues { $0.mapValues { wrap($0) } }) { $1 }
        variable.merge(routes.variable.mapValues { $0.mapValues { wrap($0) } }) { $1 }
    }

    /// - Throws: `not_found`, or `method_not_allowed` with `Allow`.
    func handler(for method: HTTPRequest.Method, path: String) throws -> (handler: Handler, parameter: String) {
        guard let match = match(path) else { throw Problem.unknownPath }
        return (try pick(method, from: match.methods), match.parameter)
    }

    /// The methods that a path accepts; nil for an unknown path.
    func methods(at path: String) -> [String]? { match(path)?.methods.keys.map(\.rawValue).sorted() }

    /// The path for logs and metrics, which hold no part of an unknown path.
    func route(of path: String) -> String { match(path)?.route ?? "(unknown)" }

    private func match(_ path: String) -> Match? {
        if let methods = exact[path] { return Match(route: path, methods: methods) }
        guard let slash = path.lastIndex(of: "/") else { return nil }
        let last = path[path.index(after: slash)...]
        if let match = match(path[...slash], last, "") { return match }
        guard let before = path[..<slash].lastIndex(of: "/") else { return nil }
        return match(path[...before], path[path.index(after: before)..<slash], path[slash...])
    }

    private func match(_ start: Substring, _ parameter: Substring, _ end: Substring) -> Match? {
        let route = "\(start)*\(end)"
        guard !parameter.isEmpty, let methods = variable[route] else { return nil }
        return Match(route: route, methods: methods, parameter: String(parameter))
    }

    private func pick(_ method: HTTPRequest.Method, from methods: Methods) throws -> Handler {
        // HEAD is answered wherever GET is (RFC 9110 §9.3.2).
        if let handler = methods[method == .head ? .get : method] { return handler }
        var allowed = methods.keys.map(\.rawValue)
        if methods[.get] != nil { allowed.append("HEAD") }
        throw Problem.methodNotAllowed(allowed: allowed.sorted())
    }
}
