# Builds for a sanitizer, and collects what it finds. Sourced after common.sh.

# Compiles script/lib/thread-sanitizer.c to the object file $1, with the clang that comes with Swift.
compile_mutex_hooks() {
    mkdir -p "${1%/*}"
    PATH="$(dirname "$(realpath "$(command -v swift)")"):$PATH" \
        clang -O1 -fPIC -Wall -Wextra -c "$root/script/lib/thread-sanitizer.c" -o "$1"
}

# Has every program that is built with sanitizer $1 write its reports to files in the new directory $2, also those that
# tests start: nobody would read what they print.
collect_reports() {
    mkdir "$2"
    # Of two values of an option the later counts, so the caller's go last.
    case $1 in
        # The Swift runtime never frees what it has looked up, which is no leak.
        address) export ASAN_OPTIONS="log_path='$2/report':detect_leaks=0:${ASAN_OPTIONS-}" ;;
        thread)
            export TSAN_OPTIONS="log_path='$2/report':suppressions='$root/script/lib/thread-sanitizer.supp':${TSAN_OPTIONS-}"
            ;;
    esac
}

# Prints the reports in directory $1; fails if there is one.
print_reports() {
    local report count=0
    for report in "$1"/*; do
        [ -s "$report" ] || continue
        cat "$report" >&2
        count=$((count + 1))
    done
    [ "$count" -eq 0 ] || { say "${0##*/}: the sanitizer reports faults in $count processes" && return 1; }
}
