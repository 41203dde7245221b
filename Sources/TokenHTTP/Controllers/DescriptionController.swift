import HTTPTypes

/// `GET /openapi.yaml`: the description of both listeners (OpenAPI 3.1), embedded in the program.
struct DescriptionController: Controller {
    private let document: CacheableDocument

    static let path = "/openapi.yaml"

    /// - Throws: an error of the compression.
    init() throws {
        // Revalidated after an hour, since a new version of the service may describe more.
        document = try CacheableDocument(
            compressing: PackageResources.openapi_yaml, contentType: "application/yaml", maxAgeSeconds: 3600)
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, DescriptionController.path) { document.response(to: $0.request) }
    }
}
