#!/usr/bin/env bash
# Run by bench/guest/run in a guest: counts instructions for a datagram and for a byte of a TCP stream, over a plain link, the kernel's driver and
# Tandem, in one kernel.
#
# usage: guest.sh MODES KINDS DATAGRAMS MIB     writes samples and notes to /share; MODES and KINDS are lists with commas
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
# shellcheck source=bench/topology.sh
. "$here/topology.sh"
# shellcheck source=bench/bonds.sh
. "$here/bonds.sh"
# shellcheck source=bench/measure.sh
. "$here/measure.sh"
# shellcheck source=bench/rounds.sh
. "$here/rounds.sh"
IFS=, read -ra modes <<<"$1"
IFS=, read -ra kinds <<<"$2"
datagrams=$3 mib=$4

# The sourced files read these.
# shellcheck disable=SC2034
work=$(mktemp -d /run/tandem-bench.XXXXXX) run_id=guest programs=/programs
samples=/share/samples notes=/share/notes
for file in "$samples" "$notes"; do : >"$file"; done
uname -sr >/share/kernel

# instructions CONFIGURATION: 22 bytes of payload make a frame of 64 bytes, without the frame check sequence.
instructions() {
  local config=$1 i count
  begin "$config" b /share/stream serve 7004
  until_true "no receiver of streams" listens "$config" b tcp 7004
  begin "$config" b /share/probe full 7003
  until_true "no socket" listens "$config" b udp 7003
  # For a good second after a link change, Tandem's service reads the links often.
  sleep 3
  for i in 1 2 3; do
    count=$(on "$config" a /share/way "${peer[$config]}" 7003 "$datagrams" 22) || fail "no datagram could be sent"
    sample "$config" datagram "$count"
  done
  for i in 1 2 3; do
    count=$(on "$config" a /share/stream send "${peer[$config]}" 7004 "$mib" 2>"$work/refusal") || fail "$(cat "$work/refusal")"
    sample "$config" byte "$count"
  done
}

configs=(plain)
for mode in "${modes[@]}"; do configs+=("${kinds[@]/#/$mode.}"); done
printf '%s\n' "${configs[@]}" >/share/configs
for config in "${configs[@]}"; do
  say "$config"
  attempt "$config" instructions "$config"
done
[ "$failed_turns" -eq 0 ]
