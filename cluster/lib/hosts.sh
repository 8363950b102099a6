# Functions about host files and hosts, for scripts that `set -euo pipefail` and define `fail`.
# shellcheck shell=bash

# Prints "NAME SLOTS" for each host of a host file.
hosts_in() {
  [ -r "$1" ] || fail "host file $1: not readable"
  local name rest number=0
  while read -r name rest || [ -n "$name" ]; do
    number=$((number + 1))
    case $name in '' | '#'*) continue ;; esac
    # Open MPI would take the number of cores and fill the first host before it uses the next.
    [[ " ${rest%%#*}" =~ [[:space:]]slots=([1-9][0-9]*) ]] ||
      fail "host file $1, line $number: found no slots= after $name, expected slots=NUMBER"
    echo "$name ${BASH_REMATCH[1]}"
  done <"$1"
}

# The sum of the slots in lines "NAME SLOTS".
total_slots() { awk '{ n += $2 } END { print n + 0 }'; }

# The number of this machine's memory domains that have cores.
memory_domains() {
  local domains
  domains=$(cat /sys/devices/system/node/node*/cpulist 2>/dev/null | grep -c . || true)
  echo "$((domains > 0 ? domains : 1))"
}

is_here() {
  case $1 in localhost | 127.0.0.1) return 0 ;; esac
  [ "$1" = "$(hostname)" ] || [ "$1" = "$(hostname -s)" ]
}

# Runs a script from standard input on a host, the same way in which mpirun reaches it.
on_host() {
  local name=$1 ssh
  shift
  if is_here "$name"; then
    timeout -k 1 8 bash -s -- "$@"
    return
  fi
  read -r -a ssh <<<"${OMPI_MCA_plm_rsh_args:-}"
  timeout -k 1 8 ssh "${ssh[@]}" -o BatchMode=yes -o ConnectTimeout=3 "$name" bash -s -- "$@"
}

# Of lines "NAME SLOTS", prints in the same order those whose hosts answer; asks all at once.
answering() {
  local folder name slots number=0
  folder=$(mktemp -d)
  while read -r name slots; do
    number=$((number + 1))
    {
      if on_host "$name" <<<'exit 0' >/dev/null 2>&1; then
        echo "$name $slots" >"$folder/$(printf %06d "$number")"
      fi
    } &
  done
  wait
  find "$folder" -type f | sort | xargs -r cat
  rm -rf "$folder"
}

# Ends what a job has left on a host: processes that carry its name, by their numbers.
# The name comes in on standard input, so that this script itself does not carry it.
end_left_overs() {
  on_host "$1" <<SCRIPT
job=$2
for process in /proc/[0-9]*; do
  pid=\${process#/proc/}
  [ "\$pid" = \$\$ ] && continue
  if grep -qsF -- "\$job" "\$process/cmdline" "\$process/environ" 2>/dev/null; then
    echo "ended process \$pid (\$(cat "\$process/comm" 2>/dev/null)) on \$(hostname)"
    kill -KILL "\$pid" 2>/dev/null
  fi
done
exit 0
SCRIPT
}
