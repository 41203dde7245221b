/// A name that is compared byte by byte, as the stores do. Swift's strings would take two spellings of one character for the
/// same, and so two names for one.
package protocol OpaqueID: Hashable, CustomStringConvertible {
    var value: String { get }
}

extension OpaqueID {
    package static func == (left: Self, right: Self) -> Bool { left.value.utf8.elementsEqual(right.value.utf8) }

    package func hash(into hasher: inout Hasher) {
        var value = value
        value.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0xFF))
    }
}
