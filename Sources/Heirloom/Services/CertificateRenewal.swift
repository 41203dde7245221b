import Foundation
import Logging
import ServiceLifecycle
import TokenHTTP
import UnixSignals

/// Reads the TLS files again when they change, and at SIGHUP.
struct CertificateRenewal: Service {
    /// Nil for a listener without TLS.
    let certificate: TLSCertificate?
    let hangUps: UnixSignalsSequence
    let manager: ServiceManager
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { tasks in
                tasks.addTask { await followFiles() }
                tasks.addTask { await followHangUps() }
            }
        }
    }

    private func followFiles() async {
        guard let certificate else { return }
        while !Task.isCancelled {
            renew { try certificate.reloadIfChanged() }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func followHangUps() async {
        for await _ in hangUps {
            manager.reloading()
            if let certificate {
                renew {
                    try certificate.reload()
                    return true
                }
            }
            manager.ready()
        }
    }

    private func renew(_ read: () throws -> Bool) {
        do {
            guard try read(), let certificate else { return }
            let expiry = Date(timeIntervalSince1970: Double(certificate.expiry)).ISO8601Format()
            logger.info(
                "The TLS certificate was read again",
                metadata: ["file": "\(certificate.files.certificate)", "expires": "\(expiry)"])
        } catch {
            logger.error(
                "The TLS files cannot be used; the certificate that was read before stays in use",
                metadata: ["error": "\(error)"])
        }
    }
}
