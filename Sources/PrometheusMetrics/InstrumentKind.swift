/// The type of a metric, as `# TYPE` names it.
enum InstrumentKind: String { case counter, gauge, histogram }
