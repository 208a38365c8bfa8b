import Foundation

/// How many times longer than usual a test lets things take: `RUNLEDGER_TEST_SLOWNESS`, which `script/test` sets where a
/// sanitizer makes everything slow; 1 without it.
package let slowness = ProcessInfo.processInfo.environment["RUNLEDGER_TEST_SLOWNESS"].flatMap { Int($0) } ?? 1
