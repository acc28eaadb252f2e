# shellcheck shell=bash
# Sourced after hosts.sh by the scripts that run with network cards. Host a has the even cards and host b the odd ones, so each cable joins the two
# hosts.

# The guest's processor is emulated, and slow.
export PATIENCE=${PATIENCE:-20}

# card_hosts: creates the hosts and their services. Host a is the guest's first network namespace, where a card appears that is plugged in.
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

# card_bond HOST ADDRESS "CARD..." OPTION...: makes bond0 of these cards, up and with an address
card_bond() {
  local host=$1 address=$2 cards=$3 card
  add_bond "$host" "${@:4}"
  for card in $cards; do tandem "$host" link set "$card" master bond0 || fail "$card does not join on $host"; done
  tandem "$host" link set bond0 up || fail "bond0 does not come up on $host"
  on "$host" ip addr add "$address" dev bond0
}

# choose CARD: CARD is host a's; makes it and the card at the other end of its cable the active members
choose() {
  local other=eth$((${1#eth} + 1))
  chosen b "$other" || eventually "$other can be active" tandem b link set bond0 type bond active_slave "$other"
  chosen a "$1" || eventually "$1 can be active" tandem a link set bond0 type bond active_slave "$1"
}
chosen() { tandem "$1" show bond0 | grep -q "^Currently Active Slave: $2\$"; }

# state CARD: everything that an interface must have back when it leaves a bond. A member leaves it administratively down.
state() {
  on "$(host_of "$1")" ip -j -d addr show dev "$1" |
    jq -c '.[0] | [.address, .mtu, .promiscuity, .allmulti, .inet6_addr_gen_mode, (.flags - ["UP", "LOWER_UP", "NO-CARRIER"]),
      [.addr_info[] | .local]]'
}

# linked CARD: the bond's link monitor reports the card as up
linked() { [ "$(tandem "$(host_of "$1")" -j -d link show dev "$1" | jq -r '.[0].linkinfo.info_slave_data.mii_status')" = UP ]; }

# What a host's service has logged since listen_anew. Reading the log costs less than a command of tandem.
declare -A mark=([a]=1 [b]=1)
# listen_anew: said searches the log from here on
listen_anew() { local host; for host in a b; do mark[$host]=$(($(wc -l <"/run/$host.log") + 1)); done; }
# said HOST FORM
said() { tail -n "+${mark[$1]}" "/run/$1.log" | grep -q -e "$2"; }

# begin_ping ADDRESS [ARGUMENT...]: starts a ping from host a every 50 ms, which runs until end_ping
begin_ping() {
  ping -n -i 0.05 "${@:2}" "$1" >/run/ping 2>&1 &
  ping=$!
  eventually "$1 answers" grep -q "bytes from" /run/ping
}
# end_ping: ends the ping. Sets lost to the number of lost pings, and gap to the longest run of lost pings, in ms. The gap comes from sequence
# numbers, not from times: on a busy machine an emulated processor is late with everything.
end_ping() {
  kill -INT "$ping"
  wait "$ping"
  gap=$(sed -nE 's/.*bytes from.*icmp_seq=([0-9]+) .*/\1/p' /run/ping | sort -nu |
    awk 'NR > 1 && $1 - last - 1 > most { most = $1 - last - 1 } { last = $1 } END { printf "%d", most * 50 }')
  lost=$(sed -nE 's/^([0-9]+) packets transmitted, ([0-9]+) received.*/\1 \2/p' /run/ping | awk '{ print $1 - $2 }')
}
# gap_below MILLISECONDS WHAT
gap_below() { [ "${gap:-99999}" -lt "$1" ] || fail "$2: $gap ms without an answer, $lost lost; allowed are $1 ms: $(tail -n 4 /run/ping)"; }
