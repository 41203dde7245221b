/// The failure of every commit once the process has crashed.
struct SimulatedCrash: Error {}
