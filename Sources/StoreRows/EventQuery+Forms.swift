package import TokenCore

/// The forms of a query of events: each has a statement of its own, so that each uses the right index.
extension EventQuery {
    /// Every form. ``form`` is an index into it.
    package static let forms = (0..<8).map { bits in
        (hasSubject: bits & 1 != 0, hasKind: bits & 2 != 0, isAscending: bits & 4 != 0)
    }

    /// The form of this query.
    package var form: Int { (subject == nil ? 0 : 1) | (kind == nil ? 0 : 2) | (after == nil ? 0 : 4) }
}
