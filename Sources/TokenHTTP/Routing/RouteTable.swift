package import HTTPTypes

/// Which handler answers which method on which path.
///
/// Paths are compared byte for byte: no case folding, no percent-decoding, no trailing slash. Another spelling of a
/// path therefore evades no rule.
package struct RouteTable: Sendable {
    /// Answers one request.
    package typealias Handler = @Sendable (Exchange) async throws -> Response

    /// A handler in a dictionary. A function as a generic value would be called through another function.
    fileprivate struct Route {
        let handler: Handler
    }

    fileprivate typealias Methods = [HTTPRequest.Method: Route]

    private var exact: [String: Methods] = [:]
    /// Paths whose last part, or last part but one, is variable, with `*` in its place.
    private var variable: [String: Methods] = [:]

    /// Paths that are answered together with every path below them, whatever the method. The methods are those that
    /// answers name; all have one handler.
    private var subtrees: [String: Methods] = [:]

    /// Where a path leads.
    struct Match {
        /// The path for logs and metrics: with `*` for the variable part, which may be a token sent to the wrong place.
        let route: String
        fileprivate let methods: Methods
        /// The variable part; empty if the route has none.
        fileprivate(set) var parameter = ""
        /// Whether other methods than `methods`, except OPTIONS, have the handler of GET.
        fileprivate var takesEveryMethod = false

        /// - Throws: `method_not_allowed` with `Allow`.
        func handler(for method: HTTPRequest.Method) throws -> Handler {
            // HEAD is answered wherever GET is (RFC 9110 §9.3.2).
            let isLikeGet = method == .head || takesEveryMethod && method != .options
            if let route = methods[isLikeGet ? .get : method] { return route.handler }
            var allowed = methods.keys.map(\.rawValue)
            if methods[.get] != nil, methods[.head] == nil { allowed.append("HEAD") }
            throw Problem.methodNotAllowed(allowed: allowed.sorted())
        }
    }

    init(_ controllers: [any Controller]) {
        for controller in controllers { controller.addRoutes(to: &self) }
    }

    /// Adds a route.
    ///
    /// - Parameter path: with `*` where its last part, or its last part but one, is variable.
    package mutating func on(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        if path.contains("*") {
            variable[path, default: [:]][method] = Route(handler: handler)
        } else {
            exact[path, default: [:]][method] = Route(handler: handler)
        }
    }

    /// Adds a route for a path and every path below it, and for every method but OPTIONS.
    mutating func onEverything(under path: String, _ handler: @escaping Handler) {
        let usual: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]
        subtrees[path] = Dictionary(uniqueKeysWithValues: usual.map { ($0, Route(handler: handler)) })
    }

    /// Adds the routes of another table, with each handler replaced by what `wrap` makes of it.
    mutating func add(_ routes: RouteTable, wrap: (@escaping Handler) -> Handler) {
        exact.merge(routes.exact.mapValues { $0.mapValues { Route(handler: wrap($0.handler)) } }) { $1 }
        variable.merge(routes.variable.mapValues { $0.mapValues { Route(handler: wrap($0.handler)) } }) { $1 }
        subtrees.merge(routes.subtrees.mapValues { $0.mapValues { Route(handler: wrap($0.handler)) } }) { $1 }
    }

    /// The methods that a path accepts; nil for an unknown path.
    func methods(at path: String) -> [String]? { match(path)?.methods.keys.map(\.rawValue).sorted() }

    /// Each method and path, such as `GET /v1/sessions/*`, sorted.
    var list: [String] {
        [exact, variable, subtrees].joined()
            .flatMap { path, methods in methods.keys.map { "\($0.rawValue) \(path)" } }
            .sorted()
    }

    /// Where a path leads; nil for an unknown path.
    func match(_ path: String) -> Match? {
        if let methods = exact[path] { return Match(route: path, methods: methods) }
        if let (route, methods) = subtrees.first(where: { RouteTable.contains($0.key, path) }) {
            return Match(route: route, methods: methods, takesEveryMethod: true)
        }
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

    /// Whether `path` is `tree`, or below it.
    private static func contains(_ tree: String, _ path: String) -> Bool {
        let rest = path.utf8.dropFirst(tree.utf8.count)
        return path.utf8.starts(with: tree.utf8) && (rest.isEmpty || rest.first == UInt8(ascii: "/"))
    }
}
