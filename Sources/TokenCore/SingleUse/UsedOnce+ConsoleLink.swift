extension UsedOnce {
    /// A link into the console.
    ///
    /// - Parameters:
    ///   - name: distinguishes links of the same second.
    ///   - time: when it was made, in Unix seconds.
    ///   - seconds: how long after `time` a node may still accept it.
    package static func consoleLink(named name: String, madeAt time: Int, forgottenAfter seconds: Int) -> UsedOnce {
        UsedOnce("console link", [name], namedAt: time, forgottenAfter: seconds)
    }
}
