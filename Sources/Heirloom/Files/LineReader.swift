import Foundation

/// The lines of a file, which may be of any size, each of at most a number of bytes.
struct LineReader {
    struct TooLong: Error {}

    private let file: FileHandle
    private let path: String
    private let maximumLength: Int
    private var buffer: ArraySlice<UInt8> = []
    private var isAtEnd = false

    init(_ path: String, maximumLength: Int) throws {
        guard let opened = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        file = opened
        self.path = path
        self.maximumLength = maximumLength
    }

    /// The next line without its newline; nil after the last one.
    ///
    /// - Throws: ``TooLong``, or ``CommandFailure`` when the file cannot be read.
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
            let chunk: Data
            do { chunk = try file.read(upToCount: 1 << 20) ?? Data() } catch {
                throw CommandFailure("\(path) cannot be read: \(error.localizedDescription)")
            }
            if chunk.isEmpty { isAtEnd = true } else { buffer = Array(buffer)[...] + Array(chunk) }
        }
    }
}
