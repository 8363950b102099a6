# Cases of cluster/faults about what ranks touch and where they listen; for fault-cases.
# shellcheck shell=bash disable=SC2154  # variables of fault-cases

# Prints "PROCESS PORT" for each socket on a node that listens, for TCP and UDP.
listeners_on() {
  cluster/virtual on "$1" ss -Hltunp |
    sed -nE 's/^[a-z]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+:([0-9]+) .*users:\(\("([^"]+)".*/\2 \1/p'
}

# A rank alone listens nowhere. Of ranks together Open MPI alone listens, at ports given to it.
ports_are_of_mpi() {
  local name starter node found code=0
  local endless=("${long[@]}" --set training.steps=1000000)
  name=$(basename "$helmholtz")
  cluster/virtual on 2 "${endless[@]}" --run "$logs/alone" >"$logs/alone.log" 2>&1 &
  starter=$!
  await 60 has_step "$logs/alone" 50
  listeners_on 2
  found=$(listeners_on 2 | grep -vc '^sshd 22$' || true)
  kill -TERM "$(below "$starter" "${name:0:15}")"
  wait "$starter" || code=$?
  echo "figure: a rank alone listens on $found ports"
  [ "$found" -eq 0 ]
  [ "$code" -eq 75 ]

  code=0
  OMPI_MCA_btl_tcp_port_min_v4=46000 OMPI_MCA_btl_tcp_port_range_v4=8 \
    OMPI_MCA_btl_tcp_port_min_v6=46000 OMPI_MCA_btl_tcp_port_range_v6=8 \
    cluster/virtual on 1 cluster/launch --hostfile "$state/hostfile" -n 2 -- \
    "${endless[@]}" --run "$logs/pair" >"$logs/pair.log" 2>&1 &
  starter=$!
  await 60 has_step "$logs/pair" 50
  for node in 1 2; do
    found=$(listeners_on "$node")
    echo "figure: node$node listens: $(sort -u <<<"$found" | paste -sd ';' | sed 's/;/, /g')"
    grep -q "^${name:0:15} 4600[0-7]$" <<<"$found"
    fails grep -vE "^(sshd 22|(mpirun|orted) [0-9]+|${name:0:15} 4600[0-7])$" <<<"$found"
  done
  kill -TERM "$(below "$starter" launch)"
  wait "$starter" || code=$?
  [ "$code" -eq 75 ]
}

# Prints the files that traced ranks opened or changed, after "read" or "write".
#   touched_files TRACE...
touched_files() {
  sed -nE '
    /<unfinished/d
    /^[0-9]+ +open(at)?\(.*= [0-9]+</{
      s/^.*(O_WRONLY|O_RDWR|O_CREAT|O_TRUNC).*= [0-9]+<([^>]*)>.*$/write \2/p
      t
      s/^.*= [0-9]+<([^>]*)>.*$/read \1/p
      b
    }
    s/^[0-9]+ +(rename|renameat|renameat2|mkdir|mkdirat|unlink|unlinkat|rmdir|link|linkat|symlink|symlinkat|truncate|creat|mknod|chmod|chown)\(.*"([^"]+)"[^"]*\) = 0.*$/write \2/p
  ' "$@" | sort -u
}

# Ranks write to the run folder and the cache of kernels, and read nothing of the user besides.
files_stay_inside() {
  local rank outside
  if ! strace -o /dev/null true 2>/dev/null; then
    echo "skipped: strace is missing or not allowed to trace"
    exit 77
  fi
  mkdir -p "$logs/inside/tmp"
  # shellcheck disable=SC2016  # the inner shell expands it
  TMPDIR=$logs/inside/tmp XDG_CACHE_HOME=$logs/inside/cache \
    cluster/launch -n 2 -- bash -c 'exec strace -f -y --seccomp-bpf -e trace=%file \
      -o "$0.$OMPI_COMM_WORLD_RANK" "$@"' "$logs/inside/trace" \
    "${toy[@]}" --set training.steps=4 --set training.checkpoint_every=2 \
    --set training.sample_every=4 --set sampling.count=24 --set sampling.group_size=24 \
    --run "$logs/inside/run"
  for rank in 0 1; do
    touched_files "$logs/inside/trace.$rank" >"$logs/inside/touched.$rank"
    grep -q "^write $logs/inside/run/" "$logs/inside/touched.$rank"
  done
  # Shared memory and the session folder are Open MPI's.
  outside=$(grep -hE '^write ' "$logs"/inside/touched.? | grep -vE \
    "^write ($logs/inside/(run|cache/helmholtz|tmp)(/|$)|/dev/(null|tty|shm/)|/proc/self/|/proc/[0-9]+/|$logs/inside/cache$|pipe:|socket:|anon_inode:)" ||
    true)
  echo "figure: files written outside the run folder and the cache: $(grep -c . <<<"$outside" || true)"
  [ -z "$outside" ] || { echo "$outside"; return 1; }
  outside=$(grep -hE '^read ' "$logs"/inside/touched.? | awk '{ print $2 }' | grep -vE \
    "^($logs/inside/|/(usr|lib|lib64|etc|proc|sys|dev)(/|$)|$(dirname "$helmholtz")(/|$)|/$)" |
    grep -vE '\.so(\.|$)' || true)
  echo "figure: files read outside the run folder and the system: $(grep -c . <<<"$outside" || true)"
  [ -z "$outside" ] || { echo "$outside"; return 1; }
}
