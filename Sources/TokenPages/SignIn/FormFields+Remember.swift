import TokenHTTP

extension FormFields {
    /// The field `remember` of a checkbox: false when the form leaves it out.
    var isRemembered: Bool { self["remember"].map { !["0", "false", "off"].contains($0) } ?? false }
}
