import WorkflowEvents

func standaloneTimer(processData: () -> Void, moreWork: () -> Void) -> [Int] {
    // snippet: timer
    var timer = EventTimer()
    timer.start()

    // Do some work
    processData()

    timer.stop()
    let duration = timer.durationMS
    print("Processing took \(duration) ms")

    // Reuse the timer
    timer.reset()
    timer.start()
    moreWork()
    timer.stop()
    // snippet-end
    return [duration, timer.durationMS]
}
