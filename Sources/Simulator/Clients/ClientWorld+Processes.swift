import HeirloomClient
import SessionEngine
import StrictCoding
import TokenCore
import TokenTesting

/// What processes do.
extension ClientWorld {
    /// A moment on a device. The second clock of a device goes with the service's.
    private func instant(on device: Int) -> ClientInstant {
        let now = clock.now.seconds
        return ClientInstant(unix: now + devices[device].clockOffset, uptime: .seconds(now))
    }

    /// Gives the lock of a device to a process that waits for it.
    func beginNext(on device: Int) {
        for process in [2 * device, 2 * device + 1] {
            guard devices[device].holder == nil || mutation == .lockIgnored,
                processes[process].step == nil,
                let wish = processes[process].wish
            else { continue }
            let settings = ClientCore.Settings(
                issuer: ClientService.issuer, clientID: "web", bindsSessions: devices[device].bindsSessions
            ) { [entropy] count in
                Array(
                    (0..<(count + 15) / 16).flatMap { _ in (entropy.bytes() as RandomBytes<16>).bytes }
                        .prefix(count))
            }
            var core = processes[process].core ?? ClientCore(settings)
            let operation: ClientCore.Operation =
                switch wish {
                case .login: .login(LoginForm(.password(username: "\(device)", password: "")))
                case .token: .refresh(replacing: nil)
                case .otherToken: .refresh(replacing: processes[process].lastToken)
                case .logout: .logout
                }
            devices[device].holder = process
            processes[process].wish = nil
            processes[process].lastToken = nil
            processes[process].step = core.begin(operation, at: instant(on: device))
            processes[process].core = core
        }
    }

    func kill(_ process: Int) {
        processes[process] = SimulatedProcess()
        let device = process / 2
        if mutation == .savesAreLost { devices[device].loseSaves() }
        if devices[device].holder == process { devices[device].holder = nil }
        beginNext(on: device)
    }

    /// A process performs its action.
    func advance(_ process: Int, _ fate: ClientStep.Fate) async throws {
        guard var core = processes[process].core, let step = processes[process].step else { return }
        let device = process / 2
        let event: ClientCore.Event
        switch step.action {
        case .finish: return
        case .load: event = .loaded(devices[device].contents)
        case .save(let bytes): event = save(bytes, on: device)
        case .remove:
            try await checkRemoval(on: device, of: core)
            devices[device].contents = nil
            event = .removed
        case .pause(let duration):
            clock.advance(milliseconds: Int(duration / .milliseconds(1)))
            event = .paused
        case .send(let request):
            try check(request, on: device)
            event = try await send(request, from: device, fate)
        }
        let next = core.resume(event, at: instant(on: device))
        processes[process].core = core
        processes[process].step = next
        guard case .finish(let result) = next.action else { return }
        switch result {
        case .success(.token(let access)):
            processes[process].lastToken = access.token
            history.add("an access token")
        case .success: history.add("done")
        case .failure(let error): history.add("\(error)")
        }
        processes[process].step = nil
        if devices[device].holder == process { devices[device].holder = nil }
        beginNext(on: device)
    }

    private func save(_ bytes: [UInt8], on device: Int) -> ClientCore.Event {
        if devices[device].isFull { return .storeFailed(SessionStoreError("full")) }
        devices[device].save(
            mutation == .presentationsForgotten ? DeviceStore.withoutPresentations(bytes) : bytes)
        if let id = devices[device].sessionID.flatMap({ SessionID($0) }) { sessions.insert(id) }
        return .saved
    }

    /// A session is removed from its store only if it is over.
    private func checkRemoval(on device: Int, of core: ClientCore) async throws {
        guard let id = devices[device].sessionID.flatMap({ SessionID($0) }), !exposed.contains(id)
        else { return }
        if case .live = try await service.service.status(of: id) {
            throw Violation("device \(device) has signed out of the session \(id), which is live")
        }
    }

    /// A refresh token is presented only while the store holds it, with the presentation recorded.
    private func check(_ request: ClientRequest, on device: Int) throws {
        guard request.url.hasSuffix("/v1/refresh") else { return }
        let token = request.body.flatMap { try? JSONReader.read($0) }?["refresh_token"]?.string
        guard let token, token == devices[device].refreshToken else {
            throw Violation("device \(device) presents another token than the stored one")
        }
        if devices[device].presentations == 0 {
            throw Violation("device \(device) has not recorded a presentation")
        }
    }
}
