#!/usr/bin/env bash
# The kernel's bonding driver and Tandem side by side: plays sequences of events on a bond of each, with four cables each. Compares the state that
# both show after each event, and whether both accept or both refuse each command. $2 is a file of sequences, with one event per line:
#   sequence NAME     starts anew, without a bond
#   partner OPTION... creates a bond of the driver at the far ends of the cables, for each of the two
#   both ARGUMENT...  the same command for ip and for tandem
#   each ARGUMENT...  a command of ip, in both namespaces
#   ours ARGUMENT...  a command for tandem only, which makes its bond like the driver's
#   cut N, mend N     takes the carrier from cable N of both, or gives it back
#   blip N            a cut and a mend at once, without a pause
#   check             compares, once the driver has settled
# A sequence ends at its first difference; the other sequences are played all the same.
set -uo pipefail
# shellcheck source=tests/Scripts/hosts.sh
. "$(dirname "$0")/hosts.sh" "$1"
# shellcheck source=tests/Scripts/bonding-text.sh
. "$(dirname "$0")/bonding-text.sh"
sequences=$2
export TANDEM_SOCKET=/run/tandem.sock

# Tandem's members e0 to e3 are in this namespace, the driver's in another one, with the same addresses, so that both show the same. Their far ends
# t0 to t3 and d0 to d3 are in a third namespace.
ip netns add driver
ip netns add peers
for i in 0 1 2 3; do
  ip link add "e$i" address "02:00:00:00:00:0$i" type veth peer name "t$i" address "02:00:00:00:01:0$i" netns peers
  ip -n driver link add "e$i" address "02:00:00:00:00:0$i" type veth peer name "d$i" address "02:00:00:00:01:0$i" netns peers
done
# A process in each namespace gives access to its /proc/net without starting a program.
ip netns exec driver sleep infinity & driver=$!
ip netns exec peers sleep infinity & far=$!
"$programs/tandemd" --socket "$TANDEM_SOCKET" --state /run/tandem.state >/run/tandem.log 2>&1 &
eventually "the service answers" "$programs/tandem" link show

# in_peers COMMAND...: commands of ip for the far ends, in one batch, so that the cables of both change at once
in_peers() { printf '%s\n' "$@" | ip -n peers -batch -; }
# far_ends N up|down
far_ends() { in_peers "link set d$1 $2" "link set t$1 $2"; }

# begin: removes the bonds, plugs in all cables, and resets all interfaces
begin() {
  local i side
  [ ! -e "/proc/$driver/net/bonding/bond0" ] || ip -n driver link del bond0
  [ ! -e /sys/class/net/bond0 ] || "$programs/tandem" link del bond0
  for side in d t; do [ ! -e "/proc/$far/net/bonding/peer-$side" ] || ip -n peers link del "peer-$side"; done
  for i in 0 1 2 3; do printf '%s\n' "link set e$i down" "link set e$i mtu 1500" "link set e$i address 02:00:00:00:00:0$i"; done >/run/initial
  ip -batch /run/initial
  ip -n driver -batch /run/initial
  in_peers "link set d"{0,1,2,3}" up" "link set t"{0,1,2,3}" up"
}

# partner OPTION...: gives both bonds an equal partner
partner() {
  local side i
  for side in d t; do
    in_peers "link add peer-$side address 02:00:00:00:01:00 type bond $*" "link set peer-$side up"
    for i in 0 1 2 3; do in_peers "link set $side$i down" "link set $side$i master peer-$side"; done
  done
}

# both ARGUMENT...: fails if one of the two accepts the command and the other refuses it
both() {
  local theirs=0 ours=0
  ip -n driver "$@" >/run/said 2>&1 || theirs=$?
  "$programs/tandem" "$@" >>/run/said 2>&1 || ours=$?
  [ "$((theirs == 0))" = "$((ours == 0))" ] || { difference="exit status $theirs of the driver's command, $ours of Tandem's: $(cat /run/said)"; return 1; }
}

# settled: reads the driver's text into theirs. Fails while the driver's monitor has not seen the state of a link, or LACP has not agreed
settled() {
  local line member link='' carrier
  theirs=
  { read -rd '' theirs <"/proc/$driver/net/bonding/bond0"; } 2>/dev/null
  [ -n "$theirs" ] || return 0
  read -r flags </sys/class/net/bond0/flags
  # A bond that is down or has no link monitor detects nothing.
  ((flags & 1)) && [[ $theirs != *"MII Polling Interval (ms): 0"* ]] || return 0
  member=
  while read -r line; do
    case $line in
      "Slave Interface: "*) member=${line#*: } ;;
      "MII Status: "*)
        [ -n "$member" ] || continue
        # The cables of both change together, so Tandem's carrier is that of the driver too. The carrier of an interface that is down cannot be
        # read.
        carrier=0
        { read -r carrier <"/sys/class/net/$member/carrier"; } 2>/dev/null
        link=${line#*: }
        if [ "$carrier" = 1 ]; then [ "$link" = up ]; else [ "$link" = down ]; fi || return 1
        ;;
      # 0x38: in sync, collecting and distributing; required of both ends.
      "port state: "*) [ "$link" != up ] || ((( ${line#*: } & 0x38 ) == 0x38)) || return 1 ;;
    esac
  done <<<"$theirs"
}

# Attributes of bond0 and the interfaces from `-d -j link show`, a line each; prints only lines that differ. tandem does not know interfaces that are
# not members, so these come from ip. These differ by design:
# - attributes of newer drivers and newer versions of ip: lacp_strict, coupled_control, broadcast_neighbor, churn, actor_port_prio
# - an attribute of Tandem alone: the wait for other links, which the driver always has
# - of a port without a link, the states and the aggregator, as above
# - the kind of the bond's device; without carrier also the device's state
# - flags of a member: no ARP, and all multicast frames
# - the address of a bond without members: the driver's is random, Tandem's is set by a user or comes with the device
# - with fail_over_mac follow, the address of an interface that joins while the bond or a member has its address. Addresses of members are compared
#   as long as each is one of the interfaces' initial addresses, and no two are equal
# - in balance-tlb, the addresses of the interfaces: the driver sends with the addresses that it shows, Tandem with those of the plan
# shellcheck disable=SC2016
attributes='
def members: map(select(.master == "bond0"));
def has_mode($mode): any(.[]; .linkinfo.info_data.mode? == $mode);
def follows: any(.[]; .linkinfo.info_data.fail_over_mac? == "follow");
def exchanged: members | map(.address) | all(.[]; startswith("02:00:00:00:00:")) and length == (unique | length);
def attributes($addresses): (members | length == 0) as $empty | [
  .[] | select(.ifname | test("^(bond0|e[0-9])$")) | .ifname as $name
  | { up: (.flags | index("UP") != null), master_flag: (.flags | index("MASTER") != null), member_flag: (.flags | index("SLAVE") != null),
      master, mtu, operstate: (.operstate | sub("LOWERLAYERDOWN"; "DOWN")),
      bond: (if .linkinfo.info_kind == "bond" then .linkinfo.info_data else null end
        | if . then del(.lacp_strict, .coupled_control, .broadcast_neighbor, .lacp_aggregate_wait) else . end),
      member: (.linkinfo.info_slave_data | if . then del(.churn_actor_state, .churn_partner_state, .actor_port_prio) else . end
        | if . and .mii_status != "UP" then with_entries(select(.key | test("port_state|ad_aggregator_id") | not)) else . end),
      address: (if ($name == "bond0" and $empty) or (.master == "bond0" and ($addresses | not)) then null else .address end) }
  | . as $link | paths(type != "object") | . as $path | $link | "\($name): \($path | join(".")) \(getpath($path) | tojson)" ];
$theirs[0] as $theirs | ([$ours[0][], $others[0][]] | unique_by(.ifname)) as $ours
| all($theirs, $ours; ((follows | not) or exchanged) and (has_mode("balance-tlb") | not)) as $addresses
| ($theirs | attributes($addresses)) as $theirs | ($ours | attributes($addresses)) as $ours
| ($theirs - $ours | map("-" + .)) + ($ours - $theirs | map("+" + .)) | .[]'

# alike: succeeds if the driver has settled and both bonds show the same; else sets $difference
alike() {
  settled || { difference="the driver has not settled:"$'\n'$theirs; return 1; }
  ours=$("$programs/tandem" show bond0 2>/dev/null)
  comparable theirs
  comparable ours
  [ "$theirs" = "$ours" ] || { echo "$theirs" >/run/theirs; echo "$ours" >/run/ours; difference=$(diff -U 50 /run/theirs /run/ours | tail -n +3); return 1; }
  ip -n driver -d -j link show >/run/theirs
  "$programs/tandem" -d -j link show >/run/ours
  ip -d -j link show >/run/others
  difference=$(jq -nr --slurpfile theirs /run/theirs --slurpfile ours /run/ours --slurpfile others /run/others "$attributes") && [ -z "$difference" ]
}
check() {
  local end=$((SECONDS + patience))
  until alike; do
    ((SECONDS < end)) || return
    read -rt 0.02 -u "$pause" || true
  done
}

# event WORD...: plays one line
event() {
  case $1 in
    partner) patience=20 && partner "${@:2}" ;;
    both | check) "$@" ;;
    each) ip -n driver "${@:2}" && ip "${@:2}" || difference="ip failed" ;;
    ours) "$programs/tandem" "${@:2}" >/run/said 2>&1 || { difference=$(cat /run/said); return 1; } ;;
    cut) far_ends "$2" down ;;
    mend) far_ends "$2" up ;;
    blip) in_peers "link set d$2 down" "link set t$2 down" "link set d$2 up" "link set t$2 up" ;;
    *) difference="no such event"; return 1 ;;
  esac
}

mkfifo /run/pause
exec {pause}<>/run/pause
failed=0 name='' skip=true checks=0
while read -ra words <&3; do
  if [ "${words[0]}" = sequence ]; then
    $skip || echo "ok: $name: $checks checks"
    name=${words[*]:1} skip=false played='' checks=0 patience=5
    begin
    continue
  fi
  $skip && continue
  played+="  ${words[*]}"$'\n'
  [ "${words[0]}" != check ] || checks=$((checks + 1))
  event "${words[@]}" && continue
  echo "FAILED: $name; the driver's lines have -, Tandem's +"$'\n'"$played$difference"
  tail -n 20 /run/tandem.log
  skip=true failed=$((failed + 1))
done 3<"$sequences"
$skip || echo "ok: $name: $checks checks"
echo "$SECONDS s"
[ "$failed" -eq 0 ]
