# Functions about run folders.
# shellcheck shell=bash

# The step of the newest committed checkpoint; 0 if there is none.
newest_step() {
  find "$1/checkpoints" -maxdepth 1 -regex '.*/step-[0-9]+' -printf '%f\n' 2>/dev/null |
    sed -E 's/step-0*([0-9])/\1/' | sort -n | tail -n 1 | grep . || echo 0
}

# The value of a whole number in the first event of a kind.
event_number() {
  sed -nE "/^\{\"kind\":\"$2\"/s/.*\"$3\":([0-9]+).*/\1/p" "$1/events.jsonl" | head -n 1
}

# Prints "STEP LOSS" for each step of a run.
series() {
  sed -nE '/^\{"kind":"step"/s/.*"step":([0-9]+).*"loss":([^,}]+).*/\1 \2/p' "$1/events.jsonl"
}

# Every step up to the last is in the log once.
steps_are_complete() {
  series "$1" | awk -v count="$2" '$1 != NR { exit 1 } END { exit NR != count }' ||
    { echo "$1: steps are missing or double"; return 1; }
}
