/// The members of a JSON object in the order of the text. Names are compared as bytes, so two canonically equivalent
/// names are two members.
package struct JSONObject: Sendable {
    /// A name and its value.
    package typealias Member = (name: String, value: JSON)

    /// From this number of members on, ``positions`` finds a name. Below it a comparison with each is faster.
    private static let largestScan = 16

    private var members: [Member] = []
    /// The position of each member by its name, once there are more than ``largestScan``.
    private var positions: [ExactText: Int] = [:]

    /// An object without members.
    package init() {}

    /// The value of a member; nil if there is none of this name.
    package subscript(name: String) -> JSON? { position(of: name).map { members[$0].value } }

    /// Appends a member.
    ///
    /// - Returns: whether it was appended; false if the object has a member of this name.
    package mutating func append(_ name: String, _ value: JSON) -> Bool {
        guard position(of: name) == nil else { return false }
        members.append((name, value))
        if members.count == JSONObject.largestScan + 1 {
            for (position, member) in members.enumerated() { positions[ExactText(member.name)] = position }
        } else if members.count > JSONObject.largestScan {
            positions[ExactText(name)] = members.count - 1
        }
        return true
    }

    /// Returns the object of the members for which a condition holds.
    package func filter(_ isIncluded: (Member) throws -> Bool) rethrows -> JSONObject {
        var object = JSONObject()
        for member in members where try isIncluded(member) { _ = object.append(member.name, member.value) }
        return object
    }

    /// Returns the object of the members that are not `null`.
    package func withoutNulls() -> JSONObject {
        members.contains { $0.value == .null } ? filter { $0.value != .null } : self
    }

    private func position(of name: String) -> Int? {
        if members.count > JSONObject.largestScan { return positions[ExactText(name)] }
        return members.firstIndex { $0.name.isExactly(name) }
    }
}

extension JSONObject: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { members.count }
    package subscript(position: Int) -> Member { members[position] }
}

extension JSONObject: Equatable {
    /// Whether both objects have the same members, in any order.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.name] == $0.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Of several members of one name the first counts.
    package init(dictionaryLiteral elements: (String, JSON)...) {
        for (name, value) in elements { _ = append(name, value) }
    }
}
