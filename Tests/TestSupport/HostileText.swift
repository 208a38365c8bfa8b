/// Texts that something on the way from one who sends them to one who reads them might obey.
package enum HostileText {
    /// Those that may stand in every field: without control characters, at most 128 bytes.
    package static let names = [
        "'; drop table workflow_events; --", "\" or \"1\"=\"1", "$1; $$ select pg_sleep(9) $$", "%s%n%x{0}\\(x)",
        "<script>document.title='pwned'</script>", "<img src=x onerror=document.title='pwned'>",
        "--><svg onload=document.title='pwned'>", "</title></style></textarea></td></svg>&lt;&amp;",
        "' onmouseover='document.title=1", "=HYPERLINK(\"http://127.0.0.1/\",\"x\")", "+1+1", "-2+3|cmd' /C calc'!A0",
        "@SUM(1;1)", "a,b;c\"d", "| a | b |", "[x](javascript:alert(1)) ![x](x) `x` **x** # x", "{{title}}{{{title}}}",
        "\u{202E}gnp.exe\u{202C}", "\u{2066}a\u{2069}\u{200F}", "\u{5E9}\u{5DC}\u{5D5}\u{5DD}",
        "e\u{301}<\u{301}=\u{301}",
        "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}", "a\u{FEFF}b", "a\u{2028}b\u{2029}c", "\\u0000\\n\\u001b[2J",
        "a\\",
        "../../etc/passwd", "%0d%0aSet-Cookie:%20a=b%00", "data: {}", "id: 9", "null", "\u{FFFD}\u{FFFF}\u{10FFFF}",
        " a ", "a+b&c=d#e?f/g%2Fh", String(repeating: "\u{9577}", count: 42),
    ]

    /// What may stand in all but names: control characters, and much text.
    package static let texts =
        names + [
            "\u{1B}[2J\u{1B}]0;pwned\u{7}\u{1B}[31m", "\u{9B}31m\u{9D}0;pwned\u{9C}", "\u{7F}\u{8}\u{8}\u{1}",
            "a\r\nSet-Cookie: a=b\r\n\r\nb", "\n\ndata: {\"position\":1}\n\nid: 9\n\n", "\rover", "\t=1+1",
            "\n=1+1\n|\n",
            "", String(repeating: "<", count: 2000),
        ]
}
