import TokenCore

extension SubjectRecord.State {
    /// The state as the console names it.
    func words(in console: any ConsoleTexts) -> String {
        switch self {
        case .active: console.stateActive
        case .disabled: console.stateDisabled
        case .deleted: console.stateDeleted
        }
    }
}
