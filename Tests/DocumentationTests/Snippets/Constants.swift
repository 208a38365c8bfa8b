import WorkflowEvents

func availableNodes() -> [Node] {
    // snippet: nodes
    let nodes: [Node] = [
        .plan,  // "PLAN"
        .style,  // "STYLE"
        .lyrics,  // "LYRICS"
        .producer,  // "PRODUCER"
        .compose,  // "COMPOSE"
        .validate,  // "VALIDATE"
        .fix,  // "FIX"
        .review,  // "REVIEW"
    ]
    // snippet-end
    return nodes
}

// snippet: own-node
extension Node {
    static let mastering: Node = "MASTERING"
}
// snippet-end

func availablePhases() -> [Phase] {
    // snippet: phases
    let phases: [Phase] = [
        .start,  // "start" - skill beginning
        .end,  // "end"   - skill completed successfully
        .fail,  // "fail"  - skill threw an error
    ]
    // snippet-end
    return phases
}
