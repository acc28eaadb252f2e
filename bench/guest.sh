#!/usr/bin/env bash
# Run in a guest by bench/guest/run: instructions of a datagram's way and of a byte of a TCP stream, for a plain link, the kernel's driver
# and Tandem, in one kernel.
#
# usage: guest.sh MODES KINDS DATAGRAMS MIB     samples and notes go to /share; lists with commas
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

# Read in the files above.
# shellcheck disable=SC2034
work=$(mktemp -d /run/tandem-bench.XXXXXX) run_id=guest programs=/programs
samples=/share/samples notes=/share/notes
for file in "$samples" "$notes"; do : >"$file"; done
uname -sr >/share/kernel

# instructions CONFIGURATION: with 22 bytes of payload a frame is 64 bytes long, without its checksum.
instructions() {
  local config=$1 i count
  begin "$config" b /share/stream serve 7004
  until_true "no receiver of streams" listens "$config" b tcp 7004
  begin "$config" b /share/probe full 7003
  until_true "no socket" listens "$config" b udp 7003
  # For a good second after a link moved a service of Tandem reads the links often.
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
