import Foundation
import NIOSSL

/// The PEM files of a certificate chain and of its private key.
package struct TLSFiles: Sendable {
    package var certificate: String
    package var privateKey: String

    /// One of the two files cannot be used.
    package struct Unusable: Error, CustomStringConvertible {
        package enum File: Sendable { case certificate, privateKey }

        package let file: File
        /// The path of the file, what is wrong with it, and what to do.
        package let description: String
    }

    /// What changes when a file is replaced or written.
    struct Version: Equatable {
        private let numbers: [Int]

        /// Nil when the file cannot be found. Follows links, which some tools replace instead of the files.
        init?(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            numbers = [
                Int(truncatingIfNeeded: status.st_dev), Int(truncatingIfNeeded: status.st_ino), Int(status.st_size),
                status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
            ]
        }
    }

    /// - Parameters:
    ///   - certificate: the path of the certificate chain, the server's certificate first.
    ///   - privateKey: the path of the private key.
    package init(certificate: String, privateKey: String) {
        self.certificate = certificate
        self.privateKey = privateKey
    }

    /// Whether a path leads to what is not a file of certificates: reading a pipe or a device may never end.
    static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT != S_IFREG || status.st_size > 1 << 20
    }

    var versions: [Version?] { [Version(of: certificate), Version(of: privateKey)] }

    /// Reads both files, for TLS 1.2 and later.
    ///
    /// - Returns: what connections are made with, and when the server's certificate expires, in seconds since 1970.
    /// - Throws: ``Unusable``
    func load() throws -> (context: NIOSSLContext, expiry: Int) {
        let chainBytes = try read(certificate, .certificate)
        let keyBytes = try read(privateKey, .privateKey)
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(chainBytes), let first = chain.first else {
            throw Unusable(file: .certificate, description: "\(certificate) holds a certificate that is damaged")
        }
        guard let key = try? NIOSSLPrivateKey(bytes: keyBytes, format: .pem) else {
            throw Unusable(
                file: .privateKey,
                description: "\(privateKey) holds a private key that is damaged or of an unknown kind")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        // How long the end of a connection waits for the client's close_notify.
        configuration.shutdownTimeout = ConnectionDeadlines().drain
        do {
            return (try NIOSSLContext(configuration: configuration), Int(first.notValidAfter))
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw Unusable(
                file: .privateKey,
                description: "\(privateKey) is not the key of the first certificate in \(certificate); the chain must "
                    + "begin with the server's certificate")
        } catch {
            throw Unusable(file: .certificate, description: "\(certificate) cannot be used: \(error)")
        }
    }

    /// Reads a file, and checks that it has what it must have.
    private func read(_ path: String, _ file: Unusable.File) throws -> [UInt8] {
        func refuse(_ reason: String) -> Unusable { Unusable(file: file, description: "\(path) \(reason)") }
        guard !TLSFiles.isSpecial(path) else { throw refuse("is not a regular file of at most 1 MiB") }
        guard access(path, R_OK) == 0 else { throw refuse("cannot be read: \(String(cString: strerror(errno)))") }
        guard let contents = FileManager.default.contents(atPath: path) else { throw refuse("cannot be read") }
        let bytes = Array(contents)
        guard bytes.contains(where: { $0 > UInt8(ascii: " ") }) else { throw refuse("is empty") }
        if [[0xEF, 0xBB, 0xBF], [0xFF, 0xFE], [0xFE, 0xFF]].contains(where: { bytes.starts(with: $0) }) {
            throw refuse("begins with a byte order mark; save it as plain ASCII text")
        }
        let labels = TLSFiles.labels(in: bytes)
        let command = file == .certificate ? "x509" : "pkey"
        if labels.isEmpty, bytes.first == 0x30 {
            throw refuse("is DER, not PEM; convert it with: openssl \(command) -inform DER -in \(path)")
        }
        let hasKey = labels.contains { $0.hasSuffix("PRIVATE KEY") }
        let hasCertificate = labels.contains { $0.hasSuffix("CERTIFICATE") }
        switch file {
        case .certificate where hasCertificate: return bytes
        case .certificate where hasKey: throw refuse("holds a private key and no certificate; the files are swapped")
        case .certificate: throw refuse("holds no certificate: a line -----BEGIN CERTIFICATE----- is missing")
        case .privateKey where hasKey:
            let isEncrypted = labels.contains("ENCRYPTED PRIVATE KEY") || bytes.hasLine("Proc-Type: 4,ENCRYPTED")
            guard !isEncrypted else {
                throw refuse("is encrypted; decrypt it with: openssl pkey -in \(path)")
            }
            return bytes
        case .privateKey where hasCertificate:
            throw refuse("holds a certificate and no private key; the files are swapped")
        case .privateKey: throw refuse("holds no private key: a line -----BEGIN PRIVATE KEY----- is missing")
        }
    }

    /// The labels of the encapsulation boundaries (RFC 7468 §3).
    private static func labels(in bytes: [UInt8]) -> [String] {
        let (begin, end) = (Array("-----BEGIN ".utf8), Array("-----".utf8))
        return bytes.lines.compactMap { line in
            guard line.count <= 100, line.starts(with: begin), line.suffix(end.count).elementsEqual(end) else {
                return nil
            }
            return String(decoding: line.dropFirst(begin.count).dropLast(end.count), as: UTF8.self)
        }
    }
}

extension [UInt8] {
    /// The lines, without their ends and the white space before these.
    fileprivate var lines: [ArraySlice<UInt8>] {
        split(separator: UInt8(ascii: "\n")).map { line in
            line.prefix(upTo: line.lastIndex { $0 > UInt8(ascii: " ") }.map { $0 + 1 } ?? line.startIndex)
        }
    }

    fileprivate func hasLine(_ text: String) -> Bool { lines.contains { $0.elementsEqual(text.utf8) } }
}
