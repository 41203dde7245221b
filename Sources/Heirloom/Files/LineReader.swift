import Foundation

/// The lines of a file, which may be of any size, each of at most a number of bytes.
struct LineReader {
    struct TooLong: Error {}

    private let file: FileHandle
    private let maximumLength: Int
    private var buffer: ArraySlice<UInt8> = []
    private var isAtEnd = false

    init(_ path: String, maximumLength: Int) throws {
        do { file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)) } catch {
            throw CommandFailure("\(path) cannot be read: \(error.localizedDescription)")
        }
        self.maximumLength = maximumLength
    }

    /// The next line without its newline; nil after the last one.
    ///
    /// - Throws: ``TooLong``, or the error of a read.
    mutating func next() throws -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer = buffer[(end + 1)...] }
                guard end - buffer.startIndex <= maximumLength else { throw TooLong() }
                return Array(buffer[..<end])
            }
            guard buffer.count <= maximumLength else { throw TooLong() }
            if isAtEnd {
                defer { buffer = [] }
                return buffer.isEmpty ? nil : Array(buffer)
            }
            let chunk = try file.read(upToCount: 1 << 20) ?? Data()
            if chunk.isEmpty { isAtEnd = true } else { buffer = Array(buffer)[...] + Array(chunk) }
        }
    }
}
