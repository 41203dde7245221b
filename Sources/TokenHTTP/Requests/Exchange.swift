import Accounts
import HTTPTypes
import Hummingbird
import NIOCore
import StrictCoding
import TokenCore

/// One request as a controller sees it.
struct Exchange: Sendable {
    let request: Request
    /// Where it came from, past the proxies that are trusted.
    let address: ClientAddress
    let maxBodyBytes: Int
    /// What the path's last, variable part holds, if it has one.
    var pathParameter = ""

    var userAgent: String? { request.headers[.userAgent] }

    /// The whole body, at most `http.maxBodyBytes`.
    func body() async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > maxBodyBytes {
            throw Problem(.payloadTooLarge, "The body is larger than \(maxBodyBytes) bytes.")
        }
        let buffer = try await request.body.collect(upTo: maxBodyBytes)
        return Array(buffer: buffer)
    }

    /// The body as a JSON object. An absent body is an empty object where `optional`.
    func json(optional: Bool = false) async throws -> JSONMembers {
        let body = try await body()
        if body.isEmpty, optional { return JSONMembers(members: [:]) }
        guard isOf("application/json") else {
            throw Problem(.unsupportedMediaType, "This takes JSON: Content-Type: application/json.")
        }
        let value: JSON
        do { value = try JSONReader.read(body) } catch {
            throw Problem(.invalidRequest, "The body is not the JSON that is expected: \(error.description).")
        }
        guard case .object(let members) = value else {
            throw Problem(.invalidRequest, "The body is \(value.kind); a JSON object is expected.")
        }
        return JSONMembers(members: members)
    }

    /// The body as a form.
    func form() async throws -> FormFields {
        let body = try await body()
        guard isOf("application/x-www-form-urlencoded") else {
            throw Problem(
                .unsupportedMediaType, "This takes a form: Content-Type: application/x-www-form-urlencoded.")
        }
        return try FormFields(body)
    }

    /// Whether the body is of a media type, whatever its parameters and its case.
    private func isOf(_ mediaType: String) -> Bool {
        guard let claimed = request.headers[.contentType] else { return false }
        return claimed == mediaType
            || claimed.split(separator: ";").first.map { $0.trimmingSpaces().lowercased() } == mediaType
    }
}

extension StringProtocol {
    func trimmingSpaces() -> SubSequence {
        var slice = self[...]
        while slice.first == " " || slice.first == "\t" { slice = slice.dropFirst() }
        while slice.last == " " || slice.last == "\t" { slice = slice.dropLast() }
        return slice
    }
}
