# What a virtual cluster needs, and what tells its parts from those of others; for cluster/virtual.
# shellcheck shell=bash disable=SC2154  # "state" belongs to the script

# Exit code where the machine cannot have a virtual cluster, as in other test suites.
readonly cannot=77

# Fails unless this machine can have a virtual cluster.
require_machine() {
  [ "$(id -u)" -eq 0 ] || fail "found user $(id -un), expected root" "$cannot"
  local program package missing=()
  while read -r program package; do
    PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || missing+=("$package")
  done <<'END'
sshd openssh-server
ssh openssh-client
ip iproute2
tc iproute2
mpirun openmpi-bin
nsenter util-linux
setpriv util-linux
END
  if [ ${#missing[@]} -gt 0 ]; then
    fail "programs are missing: apt-get install $(printf '%s\n' "${missing[@]}" | sort -u |
      paste -sd ' ')" "$cannot"
  fi
  unshare --net --uts --ipc --pid --mount --fork mount -t tmpfs tmpfs /dev/shm 2>/dev/null ||
    fail "namespaces are not allowed here (a container needs --privileged)" "$cannot"
}

# Fails unless the state folder was made by this program.
require_own_state() {
  [ -d "$state" ] || fail "no virtual cluster: cluster/virtual up N"
  [ "$(cat "$state/marker" 2>/dev/null)" = "helmholtz virtual cluster 1" ] ||
    fail "$state was not made by this program: found no marker; move it away"
}

# Fails if one of the names belongs to somebody else's namespace.
require_free_names() {
  local name
  for name in "$@"; do
    [ ! -e "/run/netns/$name" ] ||
      fail "namespace $name exists and was not made by this program; remove it: ip netns del $name"
  done
}

# Makes a network namespace and records which it is.
make_namespace() {
  local name=$1
  # Recorded before as well, or an interruption right now would leave it behind.
  echo "$name new" >>"$state/namespaces"
  if ! ip netns add "$name"; then
    sed -i "/^$name new$/d" "$state/namespaces"
    fail "namespace $name cannot be made"
  fi
  echo "$name $(stat -Lc %i "/run/netns/$name")" >>"$state/namespaces"
}

# Deletes a recorded namespace, unless another has its name by now.
delete_namespace() {
  local name=$1 inode=$2
  [ -e "/run/netns/$name" ] || return 0
  if [ "$inode" = new ]; then
    if grep -qE "^$name [0-9]+$" "$state/namespaces"; then return 0; fi
    inode=$(stat -Lc %i "/run/netns/$name")
  fi
  if [ "$(stat -Lc %i "/run/netns/$name")" = "$inode" ]; then
    ip netns del "$name"
  else
    echo "virtual: namespace $name is not the one of $state; left alone" >&2
  fi
}

# Prints "NUMBER START" of a process, which nothing else ever has.
identity() {
  local stat
  read -r -a stat 2>/dev/null <"/proc/$1/stat" && echo "$1 ${stat[21]}"
}

# Prints the number of a node's first process; fails if the process is gone.
#   node_pid K [FILE]
node_pid() {
  local pid start stat
  read -r pid start 2>/dev/null <"$state/nodes/$1/${2:-pid}" || return 1
  read -r -a stat 2>/dev/null <"/proc/$pid/stat" || return 1
  # Numbers are used again, the time of the start tells who it is. A dead process may wait long
  # for its parent to ask.
  if [ "${stat[21]}" != "$start" ] || [ "${stat[2]}" = Z ]; then return 1; fi
  echo "$pid"
}

# Ends a node; the kernel ends everything in its process namespace with the first process.
end_node() {
  local pid attempt
  if pid=$(node_pid "$1"); then
    # Its parent, which started it, takes note and ends.
    kill -KILL "$pid" 2>/dev/null || true
  elif pid=$(node_pid "$1" starter); then
    # A node that is still starting has no first process yet; it dies with what starts it.
    kill -KILL "$pid" 2>/dev/null || true
  fi
  for attempt in $(seq 100); do
    node_pid "$1" >/dev/null || node_pid "$1" starter >/dev/null || return 0
    sleep 0.1
  done
  fail "node$1: process $pid is still there after $attempt attempts"
}
