import HTTPTypes

/// `GET /openapi.yaml`: the description of both listeners (OpenAPI 3.1), embedded in the program.
struct DescriptionController: Controller {
    static let path = "/openapi.yaml"

    // Revalidated after an hour, since a new version of the service may describe more.
    private let document = CompressedDocument(
        { PackageResources.openapi_yaml }, contentType: "application/yaml", maxAgeSeconds: 3600)

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, DescriptionController.path) { try document.response(to: $0.request) }
    }
}
