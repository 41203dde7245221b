package import HTTPTypes
import NIOCore
package import StrictCoding

extension Response {
    /// A JSON object about tokens or sessions, which no cache may store.
    package static func json(
        _ status: HTTPResponse.Status = .ok, _ members: (inout JSONWriter) -> Void
    ) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ByteBuffer(bytes: JSONWriter.object(members)))
    }

    package static var noContent: Response { Response(status: .noContent, headers: [.cacheControl: "no-store"]) }

    /// Sends a browser to `path` with a GET, whatever the request's method (RFC 9110 §15.4.4).
    package static func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }
}
