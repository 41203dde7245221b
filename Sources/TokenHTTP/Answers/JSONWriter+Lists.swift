package import StrictCoding

extension JSONWriter {
    /// Writes an array with an object for each element.
    package mutating func array<Element>(
        each elements: some Sequence<Element>, _ members: (inout JSONWriter, Element) -> Void
    ) {
        array { json in for element in elements { json.object { members(&$0, element) } } }
    }

    /// Writes a member that is an array with an object for each element. The name is not escaped.
    package mutating func member<Element>(
        _ name: StaticString, each elements: some Sequence<Element>, _ members: (inout JSONWriter, Element) -> Void
    ) {
        member(name, array: { json in for element in elements { json.object { members(&$0, element) } } })
    }
}
