/// An identifier that is compared byte by byte, as the stores compare it. Swift's strings are equal when they are
/// canonically equivalent, so that two identifiers could be taken for one.
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
