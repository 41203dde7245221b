import HTTPTypes
import Hummingbird

/// Which controller answers which method on which path. Paths are compared byte for byte: no case folding, no
/// percent-decoding, no trailing slash, so that no rule can be walked around by another spelling.
struct RouteTable: Sendable {
    typealias Handler = @Sendable (Exchange) async throws -> Response

    private var exact: [String: [HTTPRequest.Method: Handler]] = [:]
    /// Paths with a variable part, which is their last or their last but one, with `*` in its place.
    private var variable: [String: [HTTPRequest.Method: Handler]] = [:]

    private struct Match {
        /// The path as it may be logged and counted: `*` for the variable part, since that may be a token that went astray.
        let route: String
        let methods: [HTTPRequest.Method: Handler]
        var parameter = ""
    }

    /// - Parameter path: with `*` where its last part, or its last but one, is variable.
    mutating func on(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        if path.contains("*") {
            variable[path, default: [:]][method] = handler
        } else {
            exact[path, default: [:]][method] = handler
        }
    }

    /// - Throws: `not_found`, or `method_not_allowed` with `Allow`.
    func handler(for method: HTTPRequest.Method, path: String) throws -> (handler: Handler, parameter: String) {
        guard let match = match(path) else { throw Problem(.notFound, "There is nothing at this path.") }
        return (try pick(method, from: match.methods), match.parameter)
    }

    /// The methods that a path takes; nil when there is nothing at it.
    func methods(at path: String) -> [String]? { match(path)?.methods.keys.map(\.rawValue).sorted() }

    /// The path as it may be logged and counted: nothing of one that is not known.
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

    private func pick(_ method: HTTPRequest.Method, from methods: [HTTPRequest.Method: Handler]) throws -> Handler {
        // Whoever may GET may ask for the head alone (RFC 9110 §9.3.2).
        if let handler = methods[method == .head ? .get : method] { return handler }
        var allowed = methods.keys.map(\.rawValue)
        if methods[.get] != nil { allowed.append("HEAD") }
        throw Problem.methodNotAllowed(allowed: allowed.sorted())
    }
}
