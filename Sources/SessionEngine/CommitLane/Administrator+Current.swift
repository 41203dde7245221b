package import TokenCore

extension Administrator {
    /// The administrator for whom the current task works; nil for none. The commit lane gives it to each command that
    /// the task submits, so that no service and no command has to pass it on, and none can leave it out.
    @TaskLocal package static var current: Administrator?
}
