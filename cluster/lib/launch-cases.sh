# Cases of cluster/faults about where cluster/launch puts ranks; for fault-cases.
# shellcheck shell=bash disable=SC2154  # variables of fault-cases

# Prints the processors that each rank of a launch may use, a line for each in the order of the ranks.
#   processors_by LAUNCH_OPTION...
processors_by() {
  # shellcheck disable=SC2016  # the inner shell expands it
  cluster/launch "$@" -- bash -c 'echo "$OMPI_COMM_WORLD_RANK" \
    "$(sed -n "s/^Cpus_allowed_list:[[:space:]]*//p" /proc/self/status)"' | sort -n | cut -d ' ' -f 2
}

#   ranks_may_use "PROCESSORS..." LAUNCH_OPTION...
ranks_may_use() {
  local expected=$1 found
  shift
  found=$(processors_by "$@" | paste -sd ' ')
  echo "figure: ${*#--}: ranks may use $found"
  [ "$found" = "$expected" ]
}

# Memory domains are those that Open MPI is told of: two with a core each, as on two sockets.
ranks_are_bound() {
  local all
  all=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
  if ! [[ $all =~ ^0(-[1-9]|,1(,|-|$)) ]] || [ "$(nproc)" -lt 2 ]; then
    echo "skipped: processors 0 and 1 are needed, processors $all may be used"
    exit 77
  fi
  ranks_may_use '0 1' --per core -n 2
  HWLOC_SYNTHETIC='pack:1 numa:2 core:1 pu:1' HWLOC_THISSYSTEM=1 ranks_may_use '0 1' --per numa -n 2
  ranks_may_use "$all" --per node
  ranks_may_use "$all $all" --per slot -n 2
  [ "$(processors_by --per numa | wc -l)" -eq "$(memory_domains)" ]
  supervised_ranks_are_one_a_host
}

# One rank runs on a host with two slots, also where the number of ranks is the supervisor's choice.
supervised_ranks_are_one_a_host() {
  echo 'localhost slots=2' >"$logs/two-slots"
  cluster/supervise --hostfile "$logs/two-slots" --per node -- "${toy[@]}" \
    --set training.steps=20 --run "$logs/per-node"
  [ "$(event_number "$logs/per-node" run ranks)" -eq 1 ]
}
