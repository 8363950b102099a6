#!/bin/bash
# Installs what is missing, builds, and runs every test of Helmholtz.
#
#   cluster/test.sh             all tests
#   cluster/test.sh --faults    all faults only, with the program as it is built; see cluster/faults
#
# Checks the format and the articles, runs the unit tests, readers on damaged files, the rank tests on 1
# to 4 ranks, the end-to-end tests and a few faults on a virtual cluster where this machine can have
# one, then the tests of everything that computes once more in a build without oneDNN.
# The last line is "N passed, N failed"; exit code 0 only if nothing failed.
set -u
cd "$(dirname "$0")/.." || exit 1

case ${1:-} in
  '') ;;
  --faults) exec cluster/faults ;;
  --help | -h) sed -n '2,/^set/{/^set/d; s/^# \{0,1\}//; p}' "$0"; exit 0 ;;
  *) echo "test.sh: found $1, expected nothing or --faults" >&2; exit 2 ;;
esac

# mpirun refuses root otherwise, as in containers.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 NO_COLOR=1

logs=.build/test-logs
rm -rf "$logs"
mkdir -p "$logs"
passed=0
failed=0
skipped=0

add() {
  passed=$((passed + $1))
  failed=$((failed + $2))
  skipped=$((skipped + $3))
}

finish() {
  echo
  if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  [ "$failed" -eq 0 ]
  exit
}

say() { printf '%s  %s\n' "$(date +%T)" "$*"; }

# Runs a command that counts as one test.
#   check NAME SECONDS COMMAND...
check() {
  local name=$1 seconds=$2 log
  log="$logs/${1// /-}.log"
  shift 2
  if timeout -k 10 "$seconds" "$@" >"$log" 2>&1 </dev/null; then
    say "$name: ok"
    add 1 0 0
  else
    local code=$?
    say "$name: failed with code $code; the end of $log:"
    tail -n 40 "$log"
    add 0 1 0
    return 1
  fi
}

# Counts the tests that ended in a way, without the line that sums up the run.
count_tests() {
  grep -E "^[^ ]+ Test .* $1" "$2" | grep -cvE '^[^ ]+ Test (run with|case)'
}

# Runs a built test bundle and counts its tests.
#   suite NAME SECONDS BUNDLE ARGUMENTS...
suite() {
  local name=$1 seconds=$2 bundle=$3 log
  log="$logs/${1// /-}.log"
  shift 3
  timeout -k 10 "$seconds" "$bundle" --testing-library swift-testing "$@" >"$log" 2>&1 </dev/null
  local code=$?
  local good bad left
  good=$(count_tests 'passed after' "$log")
  bad=$(count_tests 'failed after' "$log")
  left=$(count_tests 'skipped' "$log")
  # A run that was cut short or found no tests has failed, whatever it printed.
  if [ "$bad" -eq 0 ] && { [ "$code" -ne 0 ] || [ "$good" -eq 0 ]; }; then bad=1; fi
  say "$name: $good passed, $bad failed, $left skipped"
  if [ "$bad" -gt 0 ]; then
    echo "code $code; issues and the end of $log:"
    grep -E 'recorded an issue' "$log" | head -n 40
    tail -n 15 "$log"
  fi
  add "$good" "$bad" "$left"
}

# Runs the rank tests, whose script counts them itself.
ranks() {
  local log=$logs/rank-tests.log
  timeout -k 10 600 cluster/rank-tests release >"$log" 2>&1 </dev/null
  local code=$?
  cat "$log"
  local counts
  counts=$(sed -nE 's/^rank tests: ([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$log" | tail -n 1)
  local good=${counts% *} bad=${counts#* }
  good=${good:-0} bad=${bad:-0}
  if [ "$bad" -eq 0 ] && { [ "$code" -ne 0 ] || [ "$good" -eq 0 ]; }; then bad=1; fi
  say "rank tests: $good passed, $bad failed"
  add "$good" "$bad" 0
}

# Runs the short form of the faults, which counts its cases itself.
faults() {
  local log=$logs/faults.log
  timeout -k 30 420 cluster/faults --short >"$log" 2>&1 </dev/null
  local code=$?
  cat "$log"
  local counts
  counts=$(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 \4/p' "$log" |
    tail -n 1)
  local good bad left
  read -r good bad left <<<"$counts"
  good=${good:-0} bad=${bad:-0}
  if [ "$bad" -eq 0 ] && [ "$code" -ne 0 ]; then bad=1; fi
  say "faults: $good passed, $bad failed, ${left:-0} skipped"
  add "$good" "$bad" "${left:-0}"
}

if ! command -v swift >/dev/null; then
  echo "Swift 6.2 or later is not installed: https://www.swift.org/install/linux"
  add 0 1 0
  finish
fi
check "packages" 900 cluster/install-packages --tests || finish

# SwiftPM remembers what the manifest found, which may be from before oneDNN was installed.
build=(swift build -c release --build-tests -Xswiftc -enable-testing --manifest-cache none)
# shellcheck disable=SC2317  # called by the shell below
fetch() {
  local attempt
  for attempt in 1 2 3; do
    [ "$attempt" -gt 1 ] && sleep 5
    timeout -k 10 200 swift package --manifest-cache none resolve && return
  done
  return 1
}
export -f fetch
check "fetch" 700 bash -c fetch || finish
say "building, 5 to 10 minutes on two cores"
check "build" 1500 "${build[@]}" || finish

check "format" 300 \
  swift format lint --strict --recursive --parallel Package.swift Sources Tests
if command -v docc >/dev/null; then
  check "articles" 120 docc convert Sources/helmholtz/Helmholtz.docc \
    --fallback-display-name Helmholtz --fallback-bundle-identifier helmholtz \
    --warnings-as-errors --output-path "$logs/articles"
else
  say "articles: no docc in this toolchain"
  add 0 0 1
fi

bundle=.build/release/HelmholtzPackageTests.xctest
suite "unit tests" 900 "$bundle" --skip RankTests --skip EndToEndTests --skip FuzzTests
# By themselves, since they bound the memory of the whole process.
suite "damaged files" 900 "$bundle" --filter FuzzTests --no-parallel
ranks
suite "end-to-end tests" 900 "$bundle" --filter EndToEndTests --skip ReproduceTests --no-parallel
faults
# All experiments of the papers in their quick form, 10 minutes at most.
suite "reproduce --quick" 700 "$bundle" --filter ReproduceTests --no-parallel

say "building without oneDNN"
if check "build without oneDNN" 1500 \
  "${build[@]}" --disable-default-traits --scratch-path .build-gemm; then
  suite "tests without oneDNN" 900 .build-gemm/release/HelmholtzPackageTests.xctest \
    --filter '^(Execution|Networks|Scores|Evaluation|Training|Verification)Tests'
fi
finish
