package import StrictCoding

/// A proof that its sender holds a key (RFC 9449 §4), every check of which has passed but the last: it counts once.
package struct KeyProof: Sendable, Equatable {
    package let key: KeyThumbprint
    /// What the proof uses up.
    package let use: UsedOnce

    package init(key: KeyThumbprint, use: UsedOnce) {
        self.key = key
        self.use = use
    }
}
