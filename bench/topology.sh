# shellcheck shell=bash
# Sourced by bench/run: pairs of hosts (network namespaces) for each configuration, and their services.

# What is left of the run when it ends.
pids=()
namespaces=()
cleanup() {
  trap - EXIT INT TERM
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  for ns in "${namespaces[@]}"; do ip netns del "$ns" 2>/dev/null || true; done
  rm -rf "$work"
}

# host CONFIGURATION a|b: the name of its namespace.
host() { echo "tdm-bench-$$-$1-$2"; }
on() {
  local ns
  ns=$(host "$1" "$2")
  ip netns exec "$ns" env TANDEM_SOCKET="$work/$ns.sock" "${@:3}"
}
tandem() { on "$1" "$2" "$root/out/tandem" "${@:3}"; }

# begin CONFIGURATION a|b COMMAND...: runs it beside the script; its process is $begun, what it says goes to $begun_output.
begin() {
  begun_output=$(mktemp "$work/output.XXXXXX")
  # No function between: $! must be the program itself, whose processor time is read.
  ip netns exec "$(host "$1" "$2")" "${@:3}" >"$begun_output" 2>&1 &
  begun=$!
  pids+=("$begun")
}

# until_true WHAT COMMAND...: waits up to ten seconds.
until_true() {
  local what=$1 i
  shift
  for ((i = 0; i < 200; i++)); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.05
  done
  fail "$what"
}

listens() { on "$1" "$2" ss -Hlnt"$([ "$3" = udp ] && echo u)" "sport = :$4" | grep -q .; }

# make CONFIGURATION NUMBER: two hosts; "plain" joins them by one cable, any other is a mode and joins them by two.
make() {
  local config=$1 subnet=10.214.$2 cables=2 device=bond0 side ns i
  [ "$config" = plain ] && cables=1 device=eth0
  for side in a b; do
    ns=$(host "$config" "$side")
    ip netns add "$ns"
    namespaces+=("$ns")
    ip -n "$ns" link set lo up
  done
  for ((i = 0; i < cables; i++)); do
    # The same index at both ends: where they differ the kernel takes veth for a stacked device and reports its carrier at
    # once, which it does for no network card.
    ip link add "eth$i" index $((10 + i)) netns "$(host "$config" a)" type veth \
      peer name "eth$i" index $((10 + i)) netns "$(host "$config" b)"
  done
  for side in a b; do
    ns=$(host "$config" "$side")
    if [ "$config" = plain ]; then
      ip -n "$ns" link set eth0 up
    else
      bond "$config" "$side"
    fi
    ip -n "$ns" addr add "$subnet.$([ $side = a ] && echo 1 || echo 2)/24" dev "$device"
  done
  peer[$config]=$subnet.2
  until_true "$config: the other host does not answer; $(tail -n 3 "$work/$(host "$config" a).log" 2>/dev/null)" \
    on "$config" a ping -c 1 -W 1 "$subnet.2"
}

# bond MODE a|b: a service, and its bond over both cables.
bond() {
  local mode=$1 side=$2 ns
  ns=$(host "$mode" "$side")
  begin "$mode" "$side" "$root/out/tandemd" --socket "$work/$ns.sock" --state "$work/$ns"
  ln -s "$begun_output" "$work/$ns.log"
  service[$mode]+="$begun "
  until_true "$mode: the service does not start; see $begun_output" tandem "$mode" "$side" link show
  local options=(miimon 100)
  [ "$mode" = balance-xor ] && options+=(xmit_hash_policy layer3+4)
  tandem "$mode" "$side" link add bond0 type bond mode "$mode" "${options[@]}"
  tandem "$mode" "$side" link set eth0 master bond0
  tandem "$mode" "$side" link set eth1 master bond0
  [ "$mode" = active-backup ] && tandem "$mode" "$side" link set bond0 type bond primary eth0
  tandem "$mode" "$side" link set bond0 up
}
