#!/bin/bash
# From a fresh Debian 12 machine with Swift to a trained model: installs, builds, trains
# fashion-mnist-qc on two ranks for some minutes, evaluates it and draws samples.
#
#   cluster/quickstart.sh
#
# Takes at most 15 minutes on two cores, of which 2 to 6 are training. The same command again
# continues. The environment may set RUN (the run folder), RANKS and MINUTES (of training).
set -eu
cd "$(dirname "$0")/.."

run=${RUN:-runs/fashion-mnist-qc}
ranks=${RANKS:-2}

# mpirun refuses root otherwise, as in containers.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

say() { printf '\n== %s (after %d min %d s)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

if ! command -v swift >/dev/null; then
  echo "quickstart: Swift 6.2 or later is not installed: https://www.swift.org/install/linux" >&2
  exit 1
fi

say "packages"
cluster/install-packages

say "build"
# SwiftPM remembers what the manifest found, which may be from before oneDNN was installed.
swift build -c release --product helmholtz --manifest-cache none
helmholtz=$(pwd)/.build/release/helmholtz

launch=(mpirun -n "$ranks" --oversubscribe --bind-to none)
# Idle ranks would take time from busy ones.
[ "$ranks" -gt "$(nproc)" ] && launch+=(--mca mpi_yield_when_idle 1)

# What is left of 15 minutes, without evaluation and samples.
left=$((11 - SECONDS / 60))
minutes=${MINUTES:-$((left > 6 ? 6 : left < 2 ? 2 : left))}

say "training for $minutes minutes on $ranks ranks"
# Few steps fit into these minutes, so that warm-up is short and samples are drawn at the end.
"${launch[@]}" "$helmholtz" train fashion-mnist-qc --run "$run" \
  --set optimizer.warmup_steps=50 --set training.sample_every=0 \
  --set training.checkpoint_every=100 --set "training.max_minutes=$minutes"

say "evaluation on 200 test images"
"${launch[@]}" "$helmholtz" evaluate "$run" --json "$run/evaluation.json" \
  --set evaluation.examples=200

say "samples"
"${launch[@]}" "$helmholtz" sample "$run" --output "$run/samples.png" --count 36 \
  --set "sampling.group_size=$(((36 + ranks - 1) / ranks))"

say "done"
cat <<END
samples       $run/samples.png
evaluation    $run/evaluation.json
history       $run/events.jsonl
settings      $run/config.yaml
checkpoints   $run/checkpoints
program       .build/release/helmholtz

The same command again trains some minutes more. Without a limit:
  ${launch[*]} \\
    .build/release/helmholtz train $run/config.yaml --run $run --set training.max_minutes=null
END
