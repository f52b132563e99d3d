#!/usr/bin/env bash
# Fuzzes: tests/fuzz/run.sh MINUTES [TARGET…]
# Builds the preset "fuzz", then runs each target (all of them without names) for MINUTES, as many at once as there are
# processors. What they learn stays in build/fuzz/corpus/TARGET and serves the next run; inputs that break something are
# in build/fuzz/findings/TARGET, and build/fuzz/fuzz_TARGET FILE runs one of them again. Ends with a table of what was
# run now, and in all runs so far (build/fuzz/history), and with exit code 1 when something was found.
#   P2POOL_FUZZ_BUILD=DIR    another folder than build/fuzz
#   P2POOL_FUZZ_JOBS=N       another number at once
set -eu
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
# shellcheck source=../../cmake/setup.sh
. cmake/setup.sh

minutes=${1:-}
if ! [[ "$minutes" =~ ^[0-9]+([.][0-9]+)?$ ]]; then
    sed -n '2,9s/^# //p' "$0" >&2
    exit 2
fi
shift
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for folder in tests/fuzz/corpus/*/; do targets+=("$(basename "$folder")"); done
fi
for target in "${targets[@]}"; do
    [ -d "tests/fuzz/corpus/$target" ] || { echo "There is no target $target." >&2; exit 2; }
done

install_missing_packages build_packages sanitizer_packages
build=${P2POOL_FUZZ_BUILD:-build/fuzz}
cmake --preset fuzz -B "$build" > /dev/null
cmake --build "$build" --parallel "$(build_jobs)" --target "${targets[@]/#/fuzz_}"

seconds=$(awk "BEGIN { print int($minutes * 60 + 0.5) }")
jobs=${P2POOL_FUZZ_JOBS:-$(nproc)}

# A target's output goes to its log. It ends by itself at its first finding.
fuzz() {
    local target=$1 start=$SECONDS TIMEFORMAT='processor: %U %S'
    mkdir -p "$build/corpus/$target" "$build/findings/$target"
    local words=()
    [ ! -e "tests/fuzz/dictionaries/$target" ] || words=(-dict="tests/fuzz/dictionaries/$target")
    # Weighing the inputs by entropy takes up to half of the time of a target with many edges, and finds no more.
    {
        time "$build/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=8192 \
            -print_final_stats=1 -entropic=0 "${words[@]}" \
            -artifact_prefix="$build/findings/$target/" "$build/corpus/$target" "tests/fuzz/corpus/$target" || true
    } > "$build/logs/$target" 2>&1
    echo "seconds: $((SECONDS - start))" >> "$build/logs/$target"
}

mkdir -p "$build/logs"
touch "$build/logs/.start"
running=0
for target in "${targets[@]}"; do
    if [ "$running" -ge "$jobs" ]; then
        wait -n
        running=$((running - 1))
    fi
    echo "Fuzzing $target for $seconds seconds."
    fuzz "$target" &
    running=$((running + 1))
done
wait

# coverage LOG WHAT: the edges that each line of this kind tells.
coverage() { sed -n "s/^#[0-9]*\t$2.* cov: \([0-9]*\) .*/\1/p" "$1"; }
found=0
printf '\n%-16s %8s %10s %12s %9s %6s %9s %24s\n' \
    target seconds processor executions coverage new findings 'processor seconds so far'
for target in "${targets[@]}"; do
    log=$build/logs/$target
    seconds=$(sed -n 's/^seconds: //p' "$log")
    processor=$(awk '/^processor: / { print int($2 + $3) }' "$log")
    executions=$(awk '/^stat::number_of_executed_units:/ { print $2 }' "$log")
    # A run that broke off prints no totals: the last line that counts then.
    [ -n "$executions" ] || executions=$(sed -n 's/^#\([0-9]*\)\t.*/\1/p' "$log" | tail -n 1)
    before=$(coverage "$log" INITED | head -n 1)
    after=$(coverage "$log" '[A-Z]*' | tail -n 1)
    findings=$(find "$build/findings/$target" -type f -newer "$build/logs/.start" | wc -l)
    echo "$(date -u +%FT%TZ) $target $seconds $processor ${executions:-0} $findings" >> "$build/history"
    in_all=$(awk -v target="$target" '$2 == target { sum += $4 } END { print sum }' "$build/history")
    # One that ends otherwise is a finding, too: a leak at the end, a program that does not start.
    if [ "$findings" -eq 0 ] && ! grep -q '^Done [0-9]* runs' "$log"; then findings="see $log"; fi
    [ "$findings" = 0 ] || found=1
    printf '%-16s %8s %10s %12s %9s %6s %9s %24s\n' "$target" "$seconds" "$processor" "${executions:-0}" \
        "${after:-0}" "$((${after:-0} - ${before:-0}))" "$findings" "$in_all"
done
exit $found
