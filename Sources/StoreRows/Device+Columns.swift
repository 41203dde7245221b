import TokenCore

extension Device {
    /// The columns that ``init(_:from:)`` reads, of the table `s`.
    static let columns = "s.device, s.address, s.user_agent"

    /// How many columns these are.
    static let columnCount = 3

    /// Reads a row whose first column is `start`.
    init(_ columns: some Columns, from start: Int) {
        self.init(
            name: columns.optionalText(start), address: columns.optionalText(start + 1),
            userAgent: columns.optionalText(start + 2))
    }
}
