#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything there is to know on a machine with a GPU, in under 9 minutes: device tests, parity of every precision, compute-sanitizer, benchmarks.
#   gpu_all.sh [REPORT_DIRECTORY]      from the unpacked tar of packaging/portable.sh, or from a source tree with build/portable
# Writes one report folder with a summary. Exit 0: all of it passed, 1: something did not, 77: there is no device.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ -d "$here/programs" ]; then bin=$here/bin; data=$here/data; golden=$here/data/golden
else
  source=$(cd "$here/../.." && pwd)
  bin=$source/build/portable/bin; data=$source/resources; golden=$source/tests/data/golden
fi
report=${1:-dlrm-gpu-report}
[ -x "$bin/dlrm-cli" ] || { echo "There is no dlrm-cli in $bin." >&2; exit 2; }
mkdir -p "$report"
report=$(cd "$report" && pwd)
limit=540
summary=$report/summary.txt
: >"$summary"
worst=0

say() { printf '%s\n' "$*" | tee -a "$summary"; }

reason=$("$bin/dlrm-cli" info "$data/demo/checkpoint" --backend cuda 2>&1 >/dev/null) && status=0 || status=$?
if [ "$status" -ne 0 ]; then
  say "SKIPPED: no GPU to test on"
  say "$reason"
  exit 77
fi
"$bin/dlrm-cli" info "$data/demo/checkpoint" --backend cuda >"$report/info.txt" 2>&1
command -v nvidia-smi >/dev/null && nvidia-smi >"$report/nvidia-smi.txt" 2>&1

# step NAME MOST_SECONDS COMMAND…: its output goes to NAME.txt. What is left of the 9 minutes bounds it.
step() {
  local name=$1 most=$2 left=$((limit - SECONDS)) begin=$SECONDS code=0 word
  shift 2
  [ "$left" -lt 5 ] && { say "NOT RUN $name: the time was used up"; worst=1; return; }
  timeout -k 5 $((most < left ? most : left)) "$@" >"$report/$name.txt" 2>&1 || code=$?
  case $code in
    0) word=passed ;;
    77) word="NOT RUN: it found no device although dlrm-cli did"; worst=1 ;;
    124|137) word="STOPPED after $((SECONDS - begin)) s"; worst=1 ;;
    *) word="FAILED (exit $code)"; worst=1 ;;
  esac
  say "$(printf '%-28s %s, %d s' "$name" "$word" $((SECONDS - begin)))"
}

step device_tests 120 "$bin/tst_cuda_device"
for checkpoint in "$golden"/checkpoints/*/checkpoint; do
  name=$(basename "$(dirname "$checkpoint")")
  dataset=$golden/datasets/$name
  [ -d "$dataset" ] || dataset=$golden/datasets/tiny
  step "parity_$name" 20 "$bin/dlrm-cli" parity "$checkpoint" --data "$dataset" --backend cuda --out "$report/parity_$name.h5"
done
step parity_demo 60 "$bin/dlrm-cli" parity "$data/demo/checkpoint" --data "$data/demo/dataset" --backend cuda --json

# A GPU module that is checked runs 10 to 100 times slower: the small model is enough to reach every kernel.
sanitizer=$(command -v compute-sanitizer || echo "${CUDA_HOME:-/usr/local/cuda}/bin/compute-sanitizer")
if [ -x "$sanitizer" ]; then
  for tool in memcheck racecheck; do
    step "sanitizer_$tool" 120 "$sanitizer" --tool "$tool" --target-processes all --error-exitcode 9 \
      "$bin/dlrm-cli" evaluate "$data/demo/checkpoint" --data "$data/demo/dataset" --backend cuda
  done
else
  say "NOT RUN sanitizer: compute-sanitizer is not installed"
fi

if [ -x "$bin/gpu_bench" ]; then step gpu_bench 240 "$bin/gpu_bench"; else say "NOT RUN gpu_bench: it is not in $bin"; worst=1; fi
say "$SECONDS s in all; report in $report"
exit $worst
