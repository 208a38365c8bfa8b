# Runs the service for a script on a throw-away PostgreSQL. Sourced after common.sh and postgres.sh.

# Builds the release and sets `runledger` to it.
build_runledger() {
    "$root/script/setup"
    cd "$root"
    swift build -c release --scratch-path .build-release --product runledger >&2
    runledger=$(swift build -c release --scratch-path .build-release --show-bin-path)/runledger
}

# Starts `runledger serve` on a new ledger, and sets `service` to its process, `address` to its
# URL, `work` to a new directory, where its log is service.log, and RUNLEDGER_TOKEN to its administrator's token. All is
# gone when the script ends, however it does.
start_service() {
    start_throwaway_postgres
    work=$(mktemp -d)
    service=
    trap stop_service EXIT
    export RUNLEDGER_ADMIN_TOKEN="token-of-$$-for-this-run-alone"
    export RUNLEDGER_TOKEN=$RUNLEDGER_ADMIN_TOKEN
    "$runledger" serve --migrate --port 0 --database-url "postgresql://runledger@/runledger?host=$cluster" \
        >"$work/service.out" 2>"$work/service.log" 9>&- &
    service=$!
    address=
    while [ -z "$address" ]; do
        kill -0 "$service" 2>/dev/null || { cat "$work/service.log" >&2 && die "the service did not start"; }
        sleep 0.1
        address=$(sed -n 's/.*"listening".*"address":"\([^"]*\)".*/\1/p' "$work/service.log")
    done
}

stop_service() {
    if [ -n "$service" ]; then
        kill "$service" 2>/dev/null || true
        wait "$service" 2>/dev/null || true
    fi
    rm -rf "$work"
    exec 9>&-
    wait "$cluster_guard" || true
}
