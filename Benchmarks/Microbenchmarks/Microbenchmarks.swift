import Crypto
import Dispatch
import Foundation
import TokenCore
import TokenSigning
import TokenVerifier

/// Measures the parts of a refresh and of a verification inside one process. Prints a JSON object a line: `name`, and
/// `ns`, the median time in nanoseconds. With `thumbprint`, or with `proofs COUNT URI SECONDS`, prints what a load of
/// bound refreshes needs instead. With `blocks` runs blocks of operations for callgrind: see ``CountedBlocks``.
@main
struct Microbenchmarks {
    /// Runs everything beside the main thread, which waits: valgrind 3.19 crashes in a system call that libdispatch
    /// makes for an async `main`.
    static func main() {
        Task.detached {
            do {
                try await run()
                exit(EXIT_SUCCESS)
            } catch {
                FileHandle.standardError.write(Data("heirloom-microbench: \(error)\n".utf8))
                exit(EXIT_FAILURE)
            }
        }
        DispatchSemaphore(value: 0).wait()
    }

    private static func run() async throws {
        let arguments = CommandLine.arguments
        if arguments.count == 2, arguments[1] == "thumbprint" { return print(try ProofSupply().thumbprint) }
        if arguments.count == 5, arguments[1] == "proofs", let count = Int(arguments[2]),
            let seconds = Int(arguments[4])
        {
            return try ProofSupply().write(count, for: arguments[3], at: seconds)
        }
        if arguments.count == 2, arguments[1] == "blocks" { return try await runBlocks() }
        let fixture = try await Fixture()
        let raw = P256.Signing.PrivateKey()
        let message = [UInt8](repeating: 7, count: 500)
        let signature = try raw.signature(for: message)
        let now = fixture.now.seconds
        let bound = try BoundRequest(token: fixture.access, at: now)
        // Rounds alternate, so that a disturbance concerns all benchmarks.
        var benchmarks: [(name: String, body: () throws -> Void, samples: [Double])] = [
            ("es256_signature", { _ = try raw.signature(for: message) }, []),
            ("mint", { _ = try fixture.issuer.issue(for: fixture.session, boundBy: .cookie, at: fixture.now) }, []),
            ("parse", { _ = RefreshToken(parsing: fixture.text, keys: fixture.rule.keys) }, []),
            ("judge", { fixture.judge() }, []),
            ("es256_verification", { _ = raw.publicKey.isValidSignature(signature, for: message) }, []),
            ("verify_new", { _ = try fixture.gate.verify(fixture.access, keys: fixture.keys, at: now) }, []),
            ("verify_proof", { try bound.verify() }, []),
        ]
        for _ in 0..<40 {
            for index in benchmarks.indices {
                benchmarks[index].samples.append(try nanoseconds(of: benchmarks[index].body, times: 200))
            }
        }
        for benchmark in benchmarks {
            let median = benchmark.samples.sorted()[benchmark.samples.count / 2]
            print("{\"name\":\"\(benchmark.name)\",\"ns\":\(Int(median))}")
        }
        print("{\"name\":\"verify_seen\",\"ns\":\(Int(try await fixture.verifySeen()))}")
    }

    /// Runs the operations whose instructions `Benchmarks/instructions.json` holds.
    private static func runBlocks() async throws {
        let fixture = try await Fixture()
        let stored = try StoredSessions(at: fixture.now)
        let raw = P256.Signing.PrivateKey()
        let message = [UInt8](repeating: 7, count: 500)
        let counted = CountedBlocks(blocks: 5, times: 40)
        try await counted.run("es256_signature") { _ = try raw.signature(for: message) }
        try await counted.run("mint") {
            _ = try fixture.issuer.issue(for: fixture.session, boundBy: .cookie, at: fixture.now)
        }
        try await counted.run("parse") { _ = RefreshToken(parsing: fixture.text, keys: fixture.rule.keys) }
        try await counted.run("judge") { fixture.judge() }
        try await counted.run("look_up") { try stored.lookUp() }
        try await counted.run("rotate") { try stored.rotate() }
        try stored.close()
    }

    private static func nanoseconds(of body: () throws -> Void, times: Int) rethrows -> Double {
        let start = ContinuousClock.now
        for _ in 0..<times { try body() }
        let spent = (ContinuousClock.now - start).components
        return (Double(spent.seconds) * 1e9 + Double(spent.attoseconds) / 1e9) / Double(times)
    }
}
