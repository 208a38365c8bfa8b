import Foundation
import LedgerTestSupport
import Testing

extension Walk {
    mutating func clients() async throws {
        let environment = try next("sh")
        let curl = try (1...4).map { _ in try next("sh") }
        let python = try next("python")
        let browser = try next("js")
        try nextSnippet()
        let command = try next("sh")
        try await withServiceWorkshop { workshop, service, token in
            let exports =
                environment.text.replacing("http://127.0.0.1:8080", with: service)
                .replacing("rl_…", with: token) + "\n"
            try #require(exports.contains(service) && exports.contains(token))

            let event = try await workshop.run(exports + curl[0].text)
            #expect(event == "{\"accepted\":1,\"duplicates\":0}\n")
            let file = try await workshop.run(exports + curl[1].text)
            #expect(file == "{\"accepted\":1,\"duplicates\":0}\n")
            let failures = try await workshop.run(exports + curl[2].text)
            #expect(failures == "{\"events\":[],\"next_cursor\":null}\n")
            let stream = try await workshop.run(exports + curl[3].text)
            #expect(stream.contains("id: 2\n"))
            #expect(stream.contains(#""control":"caught_up","position":2"#))

            try workshop.write(python.text, to: "client.py")
            let followed = try await workshop.run(exports + "python3 client.py")
            #expect(
                followed == """
                    {'accepted': 1, 'duplicates': 0}
                    1 song-1 LYRICS start
                    2 song-1 LYRICS end
                    3 song-2 PLAN end

                    """)

            try workshop.write(browser.text, to: "client.js")
            try workshop.write(BrowserPage.server, to: "page.py")
            let seen = try await workshop.run(exports + "exec python3 page.py")
            #expect(seen == "[1, 2, 3, 4]\n")

            try await compose(service: service, token: token)
            let lyrics = try await workshop.run(exports + command.text).split(separator: "\n")
            #expect(lyrics.count == 4)
            #expect(lyrics.last?.contains("last verse is short") == true)
        }
    }
}
