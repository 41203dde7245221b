/// The statements of a store. Those that search a table which grows are members of the instance; the others are static.
package protocol QueryList {}

extension QueryList {
    /// The statements whose cost must not grow with the tables, by their names: all members of the instance.
    package var hot: [(name: String, statement: String)] {
        Mirror(reflecting: self).children.flatMap { name, value in
            let statements = value as? [String] ?? [value as? String].compactMap { $0 }
            return statements.map { (name ?? "", $0) }
        }
    }
}
