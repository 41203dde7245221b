/// A session's chain of rotations as SVG: its generations from left to right, a retry as an arc, and the reuse that
/// ended the session in red.
///
/// It has only numbers and fixed words. Text from a client is in the caption, escaped.
struct ChainPicture {
    /// The newest generation.
    let newest: Int
    /// How often the parent of the newest was presented again.
    let retries: Int
    let isEnded: Bool
    /// The generation whose reuse ended the session.
    let replayed: Int?
    /// When the first and the newest generation were made, in words.
    let began: String
    let renewed: String

    private enum Step {
        case generation(Int)
        /// Generations that are not drawn.
        case gap
    }

    private static let width = 360
    private static let left = 10
    private static let right = 336
    private static let baseline = 62
    private static let slots = 9

    /// The whole `svg` element.
    ///
    /// - Parameters:
    ///   - title: describes the picture for screen readers.
    ///   - text: the language of the mark of a reuse.
    func svg(id: String, title: String, in text: any Texts) -> String {
        var parts: [String] = []
        let steps = steps
        for index in steps.indices.dropLast() { parts.append(thread(from: index, in: steps)) }
        for index in steps.indices { parts.append(node(at: index, in: steps)) }
        if let arc = retryArc(in: steps) { parts.append(arc) }
        if let mark = replayMark(in: steps, text) { parts.append(mark) }
        parts.append(times(in: steps))
        let top = replayed != nil ? 0 : retries > 0 ? 22 : 48
        return """
            <svg class="chain" viewBox="0 \(top) \(ChainPicture.width) \(104 - top)" role="img" \
            aria-labelledby="c-\(id)">\
            <title id="c-\(id)">\(title)</title>\(parts.joined())</svg>
            """
    }

    /// The first generation, the newest ones, the replayed one, and gaps between generations that are not adjacent.
    private var steps: [Step] {
        var shown = Set([0, newest])
        if let replayed { shown.formUnion([replayed, min(replayed + 1, newest)]) }
        // There may be a gap on each side of the replayed generation.
        let room = newest < ChainPicture.slots ? ChainPicture.slots : ChainPicture.slots - 2
        for generation in stride(from: newest, through: 0, by: -1) where shown.count < room { shown.insert(generation) }
        var steps: [Step] = []
        var previous = -1
        for generation in shown.sorted() {
            if generation > previous + 1 { steps.append(.gap) }
            steps.append(.generation(generation))
            previous = generation
        }
        return steps
    }

    private func x(_ index: Int, of count: Int) -> Int {
        guard count > 1 else { return ChainPicture.left }
        // A short chain has short steps. The mark of a replay needs space on the right.
        let right = ChainPicture.right - (replayed == nil ? 0 : 44)
        return ChainPicture.left + index * min(56, (right - ChainPicture.left) / (count - 1))
    }

    private func thread(from index: Int, in steps: [Step]) -> String {
        var isGap = false
        if case .gap = steps[index] { isGap = true }
        if case .gap = steps[index + 1] { isGap = true }
        let (start, end, y) = (x(index, of: steps.count), x(index + 1, of: steps.count), ChainPicture.baseline)
        return "<line class=\"thread\(isGap ? " gap" : "")\" x1=\"\(start)\" y1=\"\(y)\" x2=\"\(end)\" y2=\"\(y)\"/>"
    }

    private func node(at index: Int, in steps: [Step]) -> String {
        guard case .generation(let number) = steps[index] else { return "" }
        let (x, y) = (x(index, of: steps.count), ChainPicture.baseline)
        let look = number == replayed ? " replayed" : number != newest ? "" : isEnded ? " dead" : " now"
        return """
            <circle class="node\(look)" cx="\(x)" cy="\(y)" r="\(look.isEmpty ? 5 : 7)"/>\
            <text x="\(x)" y="\(y + 22)">\(number)</text>
            """
    }

    /// Below the first generation and below the newest, if there is space for both.
    private func times(in steps: [Step]) -> String {
        let (left, y) = (ChainPicture.left - 7, ChainPicture.baseline + 38)
        let first = "<text class=\"from\" x=\"\(left)\" y=\"\(y)\">\(began)</text>"
        guard newest > 0, let last = index(of: newest, in: steps) else { return first }
        let x = x(last, of: steps.count)
        let isRight = x > ChainPicture.width / 2
        let second = """
            <text class="\(isRight ? "to" : "from")" x="\(x + (isRight ? 7 : -7))" y="\(y)">\(renewed)</text>
            """
        return newest > 1 ? first + second : second
    }

    private func index(of generation: Int, in steps: [Step]) -> Int? {
        steps.firstIndex { if case .generation(generation) = $0 { true } else { false } }
    }

    /// From the parent to its successor, which was returned again.
    private func retryArc(in steps: [Step]) -> String? {
        guard retries > 0, let end = index(of: newest, in: steps), let start = index(of: newest - 1, in: steps) else {
            return nil
        }
        let (from, to, y) = (x(start, of: steps.count), x(end, of: steps.count), ChainPicture.baseline)
        return """
            <path class="retry" d="M\(from) \(y - 8) Q\((from + to) / 2) \(y - 34) \(to) \(y - 9)"/>\
            <text class="retried" x="\((from + to) / 2)" y="\(y - 27)">\(retries)×</text>
            """
    }

    /// From the reused token to the cross where the session ended.
    private func replayMark(in steps: [Step], _ text: any Texts) -> String? {
        guard let replayed, let start = index(of: replayed, in: steps), let end = index(of: newest, in: steps) else {
            return nil
        }
        let (from, y) = (x(start, of: steps.count), ChainPicture.baseline)
        let to = x(end, of: steps.count) + 40
        return """
            <path class="reuse" d="M\(from) \(y - 9) C\(from) 8 \(to) 8 \(to) \(y - 12)"/>\
            <path class="reuse" d="M\(to - 6) \(y - 6)l12 12m0 -12l-12 12"/>\
            <text class="replay" x="\((from + to) / 2)" y="12">\(text.usedAgain(replayed))</text>
            """
    }
}
