# shellcheck shell=bash
# Sourced after hosts.sh by the scripts that run with network cards: host a has the even cards and host b the odd ones, so that each
# cable joins the two.

# The guest's processor is emulated, and slow.
export PATIENCE=${PATIENCE:-20}

# card_hosts: the hosts and their services. Host a is the guest's first network namespace, where a card that is plugged in appears.
card_hosts() {
  local card
  ip netns attach a $$
  ip netns add b
  ip link set lo up
  ip -n b link set lo up
  for card in /sys/class/net/eth*; do
    card=${card##*/}
    ((${card#eth} % 2 == 0)) || ip link set "$card" netns b
  done
  service a
  service b
}

# host_of CARD: a or b
host_of() { if ((${1#eth} % 2 == 0)); then echo a; else echo b; fi; }

# card_bond HOST ADDRESS "CARD..." OPTION...: bond0 of these cards, up and with an address
card_bond() {
  local host=$1 address=$2 cards=$3 card
  add_bond "$host" "${@:4}"
  for card in $cards; do tandem "$host" link set "$card" master bond0 || fail "$card does not join on $host"; done
  tandem "$host" link set bond0 up || fail "bond0 does not come up on $host"
  on "$host" ip addr add "$address" dev bond0
}

# choose CARD: makes the cards of both ends of its cable, of which it is host a's, the active members
choose() {
  local other=eth$((${1#eth} + 1))
  chosen b "$other" || eventually "$other can be active" tandem b link set bond0 type bond active_slave "$other"
  chosen a "$1" || eventually "$1 can be active" tandem a link set bond0 type bond active_slave "$1"
}
chosen() { tandem "$1" show bond0 | grep -q "^Currently Active Slave: $2\$"; }

# state CARD: all of an interface that has to be as before when it leaves a bond. A member leaves it administratively down.
state() {
  on "$(host_of "$1")" ip -j -d addr show dev "$1" |
    jq -c '.[0] | [.address, .mtu, .promiscuity, .allmulti, .inet6_addr_gen_mode, (.flags - ["UP", "LOWER_UP", "NO-CARRIER"]),
      [.addr_info[] | .local]]'
}

# linked CARD: the bond's monitor has it up
linked() { [ "$(tandem "$(host_of "$1")" -j -d link show dev "$1" | jq -r '.[0].linkinfo.info_slave_data.mii_status')" = UP ]; }

# What the service of a host said since it was last asked: a look at its log costs less than a command of tandem.
declare -A mark=([a]=1 [b]=1)
# listen_anew: from here on
listen_anew() { local host; for host in a b; do mark[$host]=$(($(wc -l <"/run/$host.log") + 1)); done; }
# said HOST FORM
said() { tail -n "+${mark[$1]}" "/run/$1.log" | grep -q -e "$2"; }

# begin_ping ADDRESS [ARGUMENT...]: a ping from host a every 50 ms that goes on until end_ping
begin_ping() {
  ping -n -i 0.05 "${@:2}" "$1" >/run/ping 2>&1 &
  ping=$!
  eventually "$1 answers" grep -q "bytes from" /run/ping
}
# end_ping: ends it, and sets lost to the number of pings without an answer, and gap to the longest row of such, in ms. By numbers, not
# by time: an emulated processor that is busy elsewhere is late with everything.
end_ping() {
  kill -INT "$ping"
  wait "$ping"
  gap=$(sed -nE 's/.*bytes from.*icmp_seq=([0-9]+) .*/\1/p' /run/ping | sort -nu |
    awk 'NR > 1 && $1 - last - 1 > most { most = $1 - last - 1 } { last = $1 } END { printf "%d", most * 50 }')
  lost=$(sed -nE 's/^([0-9]+) packets transmitted, ([0-9]+) received.*/\1 \2/p' /run/ping | awk '{ print $1 - $2 }')
}
# gap_below MILLISECONDS WHAT
gap_below() { [ "${gap:-99999}" -lt "$1" ] || fail "$2: $gap ms without an answer, $lost lost; allowed are $1 ms: $(tail -n 4 /run/ping)"; }
