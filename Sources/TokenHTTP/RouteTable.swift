import HTTPTypes
import Hummingbird

/// Which controller answers which method on which path. Paths are compared byte for byte: no case folding, no
/// percent-decoding, no trailing slash, so that no rule can be walked around by another spelling.
struct RouteTable: Sendable {
    typealias Handler = @Sendable (Exchange) async throws -> Response

    private var exact: [String: [HTTPRequest.Method: Handler]] = [:]
    /// Paths whose last part is variable, by what comes before it.
    private var variable: [String: [HTTPRequest.Method: Handler]] = [:]

    /// - Parameter path: ends with `*` where its last part is variable.
    mutating func on(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        if path.hasSuffix("*") {
            variable[String(path.dropLast()), default: [:]][method] = handler
        } else {
            exact[path, default: [:]][method] = handler
        }
    }

    /// - Throws: `not_found`, or `method_not_allowed` with `Allow`.
    func handler(for method: HTTPRequest.Method, path: String) throws -> (handler: Handler, parameter: String) {
        if let methods = exact[path] { return (try pick(method, from: methods), "") }
        if let slash = path.lastIndex(of: "/"), let methods = variable[String(path[...slash])] {
            let parameter = path[path.index(after: slash)...]
            if !parameter.isEmpty { return (try pick(method, from: methods), String(parameter)) }
        }
        throw Problem(.notFound, "There is nothing at this path.")
    }

    /// The methods that a path takes; nil when there is nothing at it.
    func methods(at path: String) -> [String]? {
        var methods = exact[path]
        if methods == nil, let slash = path.lastIndex(of: "/") { methods = variable[String(path[...slash])] }
        return methods?.keys.map(\.rawValue).sorted()
    }

    /// The path as it may be logged: without what stands in a variable part, and nothing of one that is not known, since
    /// either may be a token that went astray.
    func loggable(_ path: String) -> String {
        if exact[path] != nil { return path }
        guard let slash = path.lastIndex(of: "/"), variable[String(path[...slash])] != nil else { return "(unknown)" }
        return path[...slash] + "*"
    }

    private func pick(_ method: HTTPRequest.Method, from methods: [HTTPRequest.Method: Handler]) throws -> Handler {
        // Whoever may GET may ask for the head alone (RFC 9110 §9.3.2).
        if let handler = methods[method == .head ? .get : method] { return handler }
        var allowed = methods.keys.map(\.rawValue)
        if methods[.get] != nil { allowed.append("HEAD") }
        throw Problem.methodNotAllowed(allowed: allowed.sorted())
    }
}
