import NIOSSL
import Synchronization

/// The certificate of a listener. It can be replaced while the listener is open: new connections get the newest one,
/// and the others keep theirs.
package final class TLSCertificate: Sendable {
    private struct State {
        var context: NIOSSLContext
        var expiry: Int
        /// The versions of the files that were read last, whether they could be used or not.
        var read: [TLSFiles.Version?]
        /// Newer versions, which may still be incomplete.
        var seen: [TLSFiles.Version?]?
    }

    package let files: TLSFiles
    private let state: Mutex<State>

    /// Reads the files.
    ///
    /// - Throws: ``TLSFiles/Unusable``
    package init(_ files: TLSFiles) throws {
        self.files = files
        let versions = files.versions
        let (context, expiry) = try files.load()
        state = Mutex(State(context: context, expiry: expiry, read: versions))
    }

    /// What new connections are made with.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// When the certificate expires, in seconds since 1970.
    package var expiry: Int { state.withLock { $0.expiry } }

    /// Reads the files again. If they cannot be used, the certificate stays as it is.
    ///
    /// - Throws: ``TLSFiles/Unusable``
    package func reload() throws {
        let versions = files.versions
        state.withLock { ($0.read, $0.seen) = (versions, nil) }
        let (context, expiry) = try files.load()
        state.withLock { ($0.context, $0.expiry) = (context, expiry) }
    }

    /// Reads the files again if they have changed since they were read, but not since the last call: tools replace one
    /// file after the other.
    ///
    /// - Returns: whether the certificate was replaced.
    /// - Throws: ``TLSFiles/Unusable``, once for each change.
    package func reloadIfChanged() throws -> Bool {
        let versions = files.versions
        let isDue = state.withLock { state in
            let isSettled = versions == state.seen
            state.seen = versions == state.read ? nil : versions
            return isSettled && state.seen != nil
        }
        if isDue { try reload() }
        return isDue
    }
}
