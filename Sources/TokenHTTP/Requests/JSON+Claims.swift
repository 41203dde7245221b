import StrictCoding
import TokenCore

extension JSON {
    /// The claims that a request gives; nil for an empty object.
    ///
    /// - Parameter name: the member that holds them; nil for the whole body.
    /// - Throws: `invalid_request`.
    func checkedClaims(named name: StaticString? = nil) throws(Problem) -> Claims? {
        do { return try Claims.checking(self) } catch {
            throw Problem(.invalidRequest, "\(name.map { "\"\($0)\": " } ?? "The body is not valid: ")\(error).")
        }
    }
}
