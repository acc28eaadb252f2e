# shellcheck shell=bash
# Sourced by the benchmarks: the two hosts (network namespaces) of a configuration, its cables, and the processes on the hosts. Only "plain" exists
# beside another configuration, so that none disturbs another.
#
# A configuration is "plain" or MODE.KIND. KIND is a data path of Tandem (ebpf-DEVICE, csharp; default leaves the choice to Tandem), or driver, ovs,
# dpdk. The function bond_KIND creates bond0, and interprets what follows a hyphen in KIND.

namespaces=()
declare -A peer=() service=()

# unmake: ends the processes on the hosts, which are all background processes of this shell, and removes the hosts.
unmake() {
  local pid ns i
  for pid in $(jobs -pr); do kill "$pid" 2>/dev/null || true; done
  for ((i = 0; i < 100; i++)); do
    [ -n "$(jobs -pr)" ] || break
    sleep 0.05
  done
  for pid in $(jobs -pr); do kill -KILL "$pid" 2>/dev/null || true; done
  wait
  for ns in "${namespaces[@]}"; do ip netns del "$ns" 2>/dev/null || true; done
  namespaces=()
}

# host CONFIGURATION a|b: the name of its namespace.
host() { echo "tdm-bench-$run_id-$1-$2"; }
on() {
  local ns
  ns=$(host "$1" "$2")
  ip netns exec "$ns" env TANDEM_SOCKET="$work/$ns.sock" "${@:3}"
}

# begin CONFIGURATION a|b COMMAND...: runs a command in the background. Sets $begun to its process id, and $begun_output to the file of its output.
begin() {
  begun_output=$(mktemp "$work/output.XXXXXX")
  # Not by way of on(): $! must be the program itself, whose processor time is read.
  ip netns exec "$(host "$1" "$2")" "${@:3}" >"$begun_output" 2>&1 </dev/null &
  begun=$!
}

# until_true WHAT COMMAND...: waits up to ten seconds until the command succeeds. A failure quotes the last output of the process that was begun
# last.
until_true() {
  local what=$1 i
  shift
  for ((i = 0; i < 200; i++)); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.05
  done
  fail "$what; $(grep -v '^ *$' "${begun_output:-/dev/null}" | tail -n 1)"
}

listens() { on "$1" "$2" ss -Hlnt"$([ "$3" = udp ] && echo u)" "sport = :$4" | grep -q .; }

# bare CONFIGURATION: sets its cables up at both ends for programs that use them directly. The kernel's own stack must not answer there.
bare() {
  local side cable ns
  for side in a b; do
    ns=$(host "$1" "$side")
    for cable in eth0 eth1; do
      ip netns exec "$ns" sysctl -qw "net.ipv6.conf.$cable.disable_ipv6=1" 2>/dev/null || true
      ip -n "$ns" link set "$cable" arp off up
    done
  done
}

# make CONFIGURATION: two hosts; "plain" joins them by one cable, any other joins them by two.
make() {
  local config=$1 cables=2 device=bond0 kind=${1##*.} side ns i
  [ "$config" = plain ] && cables=1 device=eth0
  for side in a b; do
    ns=$(host "$config" "$side")
    ip netns add "$ns" || fail "no network namespace"
    namespaces+=("$ns")
    ip -n "$ns" link set lo up
  done
  for ((i = 0; i < cables; i++)); do
    # The same index at both ends: where they differ the kernel takes veth for a stacked device and reports its carrier at
    # once, which it does for no network card.
    ip link add "eth$i" index $((10 + i)) netns "$(host "$config" a)" type veth \
      peer name "eth$i" index $((10 + i)) netns "$(host "$config" b)" || fail "no cable"
  done
  for side in a b; do
    ns=$(host "$config" "$side")
    if [ "$config" = plain ]; then
      ip -n "$ns" link set eth0 up
    else
      "bond_${kind%%-*}" "$config" "$side"
    fi
    ip -n "$ns" addr add "10.214.0.$([ "$side" = a ] && echo 1 || echo 2)/24" dev "$device"
  done
  peer[$config]=10.214.0.2
  until_true "the other host does not answer" on "$config" a ping -c 1 -W 1 10.214.0.2
}
