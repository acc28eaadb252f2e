#!/usr/bin/env bash
# Run by eng/uml.sh for bench/run: the kernel's bonding driver and Tandem beside a plain link, in one kernel.
#
# usage: driver.sh FOLDER RUNS QUICK MODES KINDS     writes samples and notes to FOLDER; MODES and KINDS are lists with commas
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
# shellcheck source=bench/topology.sh
. "$root/bench/topology.sh"
# shellcheck source=bench/bonds.sh
. "$root/bench/bonds.sh"
# shellcheck source=bench/measure.sh
. "$root/bench/measure.sh"
# shellcheck source=bench/failover.sh
. "$root/bench/failover.sh"
# shellcheck source=bench/convergence.sh
. "$root/bench/convergence.sh"
# shellcheck source=bench/rounds.sh
. "$root/bench/rounds.sh"
folder=$1 runs=$2
IFS=, read -ra modes <<<"$4"
IFS=, read -ra tandems <<<"$5"

# Nothing needs removal: everything ends with the kernel, and /run is private to it.
work=$(mktemp -d /run/tandem-bench.XXXXXX)
run_id=uml programs=$root/out probe=$root/artifacts/bench/probe processors=1
samples=$folder/samples notes=$folder/notes
# Timers of 10 ms send probes in bunches at any rate. A higher rate would only load the single processor.
probe_rate=1000 rtt_count=0 rtt_rate=0 streams=1
tcp_seconds=3 udp_seconds=2 rest_seconds=1 settle_seconds=1 joins_a_turn=3 cuts_a_turn=3
if [ "$3" = true ]; then tcp_seconds=1 udp_seconds=1 joins_a_turn=1 cuts_a_turn=1; fi

configs=(plain)
for mode in "${modes[@]}"; do
  for kind in driver "${tandems[@]}"; do configs+=("$mode.$kind"); done
done
printf '%s\n' "${configs[@]}" >"$folder/configs"
uname -sr >"$folder/kernel"
rounds turn "${configs[@]}"
lacp_speakers=()
for config in "${configs[@]}"; do
  [[ $config != 802.3ad.* ]] || lacp_speakers+=("$config")
done
rounds convergence "${lacp_speakers[@]}"
