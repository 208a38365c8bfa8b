# What every script here shares: where the package is, how to speak, how to explain itself. Sourced, never run.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Standard output belongs to the program a script runs, so scripts themselves speak on standard error.
say() { printf '%s\n' "$*" >&2; }

die() {
    say "${0##*/}: $*"
    exit 1
}

# The help of a script is the comment at its top.
help() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0"; }

# For scripts that take no argument of their own but --help.
only_help() {
    case ${1-} in
        '') ;;
        -h | --help) help && exit 0 ;;
        *) say "${0##*/}: unknown argument '$1'; see --help" && exit 64 ;;
    esac
}
