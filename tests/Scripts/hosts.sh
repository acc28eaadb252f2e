# shellcheck shell=bash
# Sourced by the scripts that run in a kernel with VLAN devices and the bonding driver: two hosts and the cables between them. $1 is the folder of
# the programs. Nothing is cleaned up: everything ends with the kernel.
programs=$1

# cables A B N: creates two namespaces with N cables e0, e1, ... between them
cables() {
  local i
  ip netns add "$1"
  ip netns add "$2"
  ip -n "$1" link set lo up
  ip -n "$2" link set lo up
  for ((i = 0; i < $3; i++)); do ip link add "e$i" netns "$1" type veth peer name "e$i" netns "$2"; done
}

on() { local host=$1; shift; ip netns exec "$host" env TANDEM_SOCKET="/run/$host.sock" "$@"; }
tandem() { on "$1" "$programs/tandem" "${@:2}"; }

# service HOST: starts tandemd and waits until it answers
service() {
  local i
  on "$1" "$programs/tandemd" --socket "/run/$1.sock" --state "/run/$1.state" >"/run/$1.log" 2>&1 &
  for ((i = 0; i < 100; i++)); do tandem "$1" link show >/dev/null 2>&1 && return; sleep 0.05; done
  fail "the service of $1 does not answer: $(cat "/run/$1.log")"
}

# add_bond HOST OPTION...: creates bond0 by Tandem, without members. On an emulated processor the kernel's verifier takes seconds for the programs,
# on Linux 6.1 three times as long as on 6.12. The service creates the bond even if the command stops waiting for the answer.
add_bond() {
  local said
  said=$(tandem "$1" link add bond0 type bond "${@:2}" 2>&1) && return
  [[ $said == *"does not answer within"* ]] || fail "no bond on $1: $said"
  eventually "$1 has its bond" tandem "$1" link show bond0
}

# bond_tandem HOST N ADDRESS OPTION...: creates bond0 of N cables by Tandem, up and with an address
bond_tandem() {
  local host=$1 count=$2 address=$3 i
  add_bond "$host" "${@:4}"
  for ((i = 0; i < count; i++)); do tandem "$host" link set "e$i" master bond0 || fail "e$i does not join on $host"; done
  tandem "$host" link set bond0 up || fail "bond0 does not come up on $host"
  on "$host" ip addr add "$address" dev bond0
}

# bond_driver HOST N ADDRESS OPTION...: the same by the kernel's driver
bond_driver() {
  local host=$1 count=$2 address=$3 i
  on "$host" ip link add bond0 type bond "${@:4}" || fail "no bond by the driver on $host"
  for ((i = 0; i < count; i++)); do on "$host" ip link set "e$i" master bond0; done
  on "$host" ip link set bond0 up
  on "$host" ip addr add "$address" dev bond0
}

# forwards HOST PORT...: succeeds if these ports of the host's switch forward. The kernel may report a port's carrier to the bridge a second after
# the other end of the cable sees its own carrier and sends
forwards() {
  local port
  for port in "${@:2}"; do [ "$(on "$1" cat "/sys/class/net/$port/brport/state")" = 3 ] || return; done
}

# switch HOST ADDRESS DEVICE...: creates a switch with these ports and with an address of the host, and waits until the ports forward
switch() {
  local host=$1 address=$2 port
  ip -n "$host" link add switch type bridge
  for port in "${@:3}"; do ip -n "$host" link set "$port" up master switch; done
  ip -n "$host" addr add "$address" dev switch
  ip -n "$host" link set switch up || fail "no switch on $host"
  eventually "the ports of the switch forward" forwards "$host" "${@:3}"
}
# no_switch HOST DEVICE...: removes the switch, and sets its former ports down, as a bond leaves its members
no_switch() {
  local port
  ip -n "$1" link del switch || fail "the switch of $1 stays"
  for port in "${@:2}"; do ip -n "$1" link set "$port" down; done
}

fail() { echo "FAILED: $*"; tail -n 5 /run/*.log 2>/dev/null; exit 1; }

# eventually WHAT COMMAND...: waits until the command succeeds, at most 5 s, or PATIENCE
eventually() {
  local what=$1 i
  shift
  for ((i = 0; i < ${PATIENCE:-5} * 10; i++)); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done
  fail "$what: $*"
}

# pings HOST ADDRESS [ARGUMENT...]: sends ten pings; fails if one is lost
pings() {
  local said
  said=$(on "$1" ping -c 10 -i 0.05 -w 5 "${@:3}" "$2" 2>&1) || fail "ping from $1 to $2: $said"
  [[ $said == *" 0% packet loss"* ]] || fail "ping from $1 to $2: $said"
}
