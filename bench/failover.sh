# shellcheck shell=bash
# Sourced by bench/run and bench/driver.sh: the traffic that is lost when a cable is cut.

first_port=9000

# probed CONFIGURATION FLOWS PROBES COUNT PERIOD_MS MEND_MS HIT CABLE: cuts CABLE COUNT times while probes are sent, and sets $result to the output
# of `probe gaps`. HIT has a digit for each flow: 1 if CABLE carries the flow, else 0.
probed() {
  local config=$1 flows=$2 probes=$3 logs receiver sender cutter
  logs=$(mktemp -d "$work/failover.XXXXXX")
  begin "$config" b "$probe" recv 7003 "$probes" "$logs/recv"
  receiver=$begun
  until_true "no receiver" listens "$config" b udp 7003
  begin "$config" a "$probe" send "${peer[$config]}" 7003 "$probes" "$probe_rate" "$first_port" "$flows" "$logs/send"
  sender=$begun
  begin "$config" b "$probe" cut "$8" "$4" "$5" "$6" "$logs/cuts"
  cutter=$begun
  wait "$cutter" || fail "the cable could not be cut: $(cat "$begun_output")"
  wait "$sender" || fail "probes could not be sent"
  wait "$receiver" || fail "no probe came"
  result=$("$probe" gaps "$logs/send" "$logs/recv" "$logs/cuts" "$7") || fail "no cut was seen"
  rm -rf "$logs"
}

# carried CONFIGURATION FLOW: counts how many of 300 probes of a flow arrive on each of host B's cables; sets the array carried.
carried() {
  local before after
  packets() { on "$1" b cat /sys/class/net/eth{0,1}/statistics/rx_packets | xargs; }
  read -ra before <<<"$(packets "$1")"
  on "$1" a "$probe" send "${peer[$1]}" 7003 300 "$probe_rate" $((first_port + $2)) 1 /dev/null
  # The last probes may still wait for a service that carries them.
  sleep 0.2
  read -ra after <<<"$(packets "$1")"
  carried=($((after[0] - before[0])) $((after[1] - before[1])))
}

# cut_once CONFIGURATION: cuts the cable that carries most of a flow once, and records samples.
cut_once() {
  local config=$1 cable=eth0 carried result metric value mend=600
  carried "$config" 0
  [ "${carried[1]}" -le "${carried[0]}" ] || cable=eth1
  probed "$config" 1 $((probe_rate * 3 / 2)) 1 1000 $mend 1 $cable
  jq -r '"gap_ms \(.gap_ms.max)", "lost_at_cut \(.lost_at_cuts)", "lost_at_mend \(.lost_at_mends)"' <<<"$result" >"$work/cut"
  while read -r metric value; do sample "$config" "$metric" "$value"; done <"$work/cut"
  # Some bonds take a while to use a mended cable again: they get it before the next cut.
  sleep "$settle_seconds"
}

# keep_busy: creates and removes interfaces until the configuration is removed, as a host with short-lived containers does. Each change holds the
# kernel's lock on interfaces (RTNL), which all namespaces share.
keep_busy() {
  local ns=tdm-bench-$run_id-busy i
  ip netns add "$ns"
  namespaces+=("$ns")
  for ((i = 0; i < 50; i++)); do printf 'link add x%d type veth peer name y%d\nlink del x%d\n' $i $i $i; done >"$work/busy"
  bash -c "while ip -n $ns -batch $work/busy; do :; done" >/dev/null 2>&1 &
}

# failover CONFIGURATION MIIMON PERIOD_MS: cuts eth0's cable repeatedly, and appends a JSON object to $failovers.
failover() {
  local config=$1 mode=${1%.*} miimon=$2 period=$3 flows=1 flow hit='' mend carried side result tap_drops
  [ "$mode" = active-backup ] || flows=4
  mend=$((period * 2 / 5))
  for side in a b; do tandem "$config" "$side" link set bond0 type bond miimon "$miimon"; done
  for ((flow = 0; flow < flows; flow++)); do
    carried "$config" "$flow"
    hit+=$((carried[0] > carried[1] ? 1 : 0))
  done
  [[ $hit == *1* ]] || fail "no flow runs over eth0"
  if $busy; then keep_busy; fi
  dropped_by_tap() { on "$config" a cat /sys/class/net/bond0/statistics/tx_dropped; }
  tap_drops=$(dropped_by_tap)
  # Probes are sent from shortly before the first cut until shortly after the last control.
  probed "$config" "$flows" $(((cuts + 1) * period * probe_rate / 1000)) "$cuts" "$period" "$mend" "$hit" eth0
  jq -e --argjson mend "$mend" '.gap_ms.p50 < $mend / 2' >/dev/null <<<"$result" || fail "traffic does not leave the cut cable: $result"
  jq -c --arg config "$config" --argjson miimon "$miimon" --argjson period "$period" --argjson drops $(($(dropped_by_tap) - tap_drops)) \
    '{config: $config, miimon: $miimon, period_ms: $period, dropped_before_the_service: $drops} + .' <<<"$result" >>"$failovers"
}
