/// How many failed attempts each key may have in a window; 0 turns a limit off. Wider ranges of addresses may have a
/// multiple of `perAddress`.
package struct LoginLimits: Sendable {
    package let perAccount: Int
    package let perAddress: Int
    package let windowSeconds: Int

    package init(perAccount: Int, perAddress: Int, windowSeconds: Int) {
        self.perAccount = perAccount
        self.perAddress = perAddress
        self.windowSeconds = windowSeconds
    }

    package func limit(of key: AttemptKey) -> Int {
        switch key {
        case .address(_, let range): perAddress * range.rawValue
        case .account, .familiar: perAccount
        }
    }
}
