#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the fuzzers one after the other and prints a table of what they did.
#   tests/fuzz/run.sh [--seconds S] [--runs N] [--timeout T] [--seed S] [NAME …]
# 60 s each; with --runs until N executions or S seconds, whichever is first. An input that takes T seconds (1) is a finding: more on a busy machine.
# The inputs they learn are kept in build/fuzz/corpus. Exit code 1: a fuzzer found something; its input lies in build/fuzz/findings.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=60 runs=-1 timeout=1 seed=0 names=()
while (($#)); do
  case $1 in
    --seconds) seconds=$2; shift 2 ;;
    --runs) runs=$2; shift 2 ;;
    --timeout) timeout=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    *) names+=("${1#fuzz_}"); shift ;;
  esac
done
if ((${#names[@]} == 0)); then
  for program in build/fuzz/bin/fuzz_*; do names+=("$(basename "$program" | sed s/^fuzz_//)"); done
fi

# Files to start from: golden data, and other projects' files where they are at hand.
roots=(tests/data)
for optional in ../shared/golden ../shared/realdata; do [[ -d $optional ]] && roots+=("$optional"); done
seeds() {  # NAME_PATTERN …: files of at most 16 KiB (longer than -max_len: cut by the fuzzer)
  local pattern
  for pattern in "$@"; do find "${roots[@]}" -type f -size -33 -name "$pattern" -print0; done
}

mkdir -p build/fuzz/findings
printf '| parser | executions | per second | longest (s) | memory (MB) | inputs kept | found |\n|---|---:|---:|---:|---:|---:|---|\n'
failed=0
for name in "${names[@]}"; do
  dictionary='' patterns=()
  case $name in
    npy) patterns=('*.npy') dictionary=npy.dict ;;
    npz) patterns=('*.npz' '*.keras') ;;
    packed) patterns=('*.gz' '*.zst') ;;
    bundle_index) patterns=('*.index') dictionary=bundle.dict ;;
    object_graph) patterns=('*.pb' '*.index') ;;
    unsnappy) patterns=('*.snappy' '*.index') ;;
    parquet) patterns=('*.parquet') ;;
    spec) patterns=('*.yaml') dictionary=yaml.dict ;;
    config) patterns=('*.json') ;;
    tsv) patterns=('*.tsv' '*.txt') ;;
    csv) patterns=('*.csv') ;;
    dictionary) patterns=('cat_*.tsv') ;;
    hdf5_list) patterns=('*.list') ;;
    tfrecord) patterns=('*.tfrecords' '*.tfrecord') ;;
  esac
  corpus=build/fuzz/corpus/$name
  mkdir -p "$corpus" build/fuzz/seeds
  rm -rf "build/fuzz/seeds/$name" && mkdir "build/fuzz/seeds/$name"
  if ((${#patterns[@]})); then
    while IFS= read -r -d '' file; do cp "$file" "build/fuzz/seeds/$name/$(md5sum <"$file" | cut -c1-16)"; done < <(seeds "${patterns[@]}")
  fi
  log=build/fuzz/$name.log status='nothing'
  # A small quarantine keeps the address sanitizer's own memory out of the figure; unpacked data goes to memory, not to a disk.
  if ! TMPDIR=/dev/shm ASAN_OPTIONS=quarantine_size_mb=8 "build/fuzz/bin/fuzz_$name" -max_total_time="$seconds" -runs="$runs" -seed="$seed" -max_len=4096 \
      -timeout="$timeout" -rss_limit_mb=256 -print_final_stats=1 -artifact_prefix=build/fuzz/findings/"$name"- \
      ${dictionary:+-dict=tests/fuzz/$dictionary} "$corpus" "build/fuzz/seeds/$name" >"$log" 2>&1; then
    failed=1
    status=$(grep -m1 -E 'SUMMARY|ERROR' "$log" || echo 'see the log')
  fi
  stat() { sed -n "s/^stat::$1: *//p" "$log" | tail -1; }
  printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$name" "$(stat number_of_executed_units)" "$(stat average_exec_per_sec)" \
    "$(stat slowest_unit_time_sec)" "$(stat peak_rss_mb)" "$(find "$corpus" -type f | wc -l)" "$status"
done
exit "$failed"
