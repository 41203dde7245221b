extension FormFields {
    /// `true` or `false`; false when the field is absent.
    ///
    /// - Throws: `invalid_request`.
    func boolean(_ name: String) throws -> Bool {
        switch self[name] {
        case nil, "false": false
        case "true": true
        default: throw Problem(.invalidRequest, "\"\(name)\" is neither true nor false.")
        }
    }
}
