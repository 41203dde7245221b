import NIOCore

/// The body of an answer whose length is not known when it begins.
struct AnswerStream: Sendable {
    private let connection: NIOLoopBound<ConnectionHandler>

    init(_ connection: NIOLoopBound<ConnectionHandler>) { self.connection = connection }

    /// Writes a piece, and returns when the kernel has taken it.
    ///
    /// - Throws: an error when the connection has ended.
    func write(_ bytes: ByteBuffer) async throws {
        try await connection.eventLoop.flatSubmit { connection.value.write(bytes) }.get()
    }
}
