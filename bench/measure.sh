# shellcheck shell=bash
# Sourced by bench/run: one measurement of one configuration each. A sample is a line "CONFIGURATION METRIC VALUE".

first_port=9000
sample() { printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$work/samples"; }

# The processor time in seconds that the services of a configuration, and the kernel's threads for frames, have used so far.
cpu_of() {
  local pid files=()
  for pid in ${service[$1]:-} $(pgrep ksoftirqd); do files+=("/proc/$pid/stat"); done
  # The name in parentheses may hold spaces; the times stand 12 and 13 fields after it.
  sed 's/.*) //' "${files[@]}" 2>/dev/null | awk -v hz="$(getconf CLK_TCK)" '{ t += $12 + $13 } END { print t / hz }'
}

# The busy time of all processors in seconds.
cpu_of_all() { awk -v hz="$(getconf CLK_TCK)" '/^cpu / { print ($2 + $3 + $4 + $7 + $8) / hz }' /proc/stat; }

# tcp CONFIGURATION STREAMS
tcp() {
  local config=$1 streams=$2 report before after all_before all_after
  report=$(mktemp "$work/iperf.XXXXXX")
  before=$(cpu_of "$config") all_before=$(cpu_of_all)
  on "$config" a timeout 60 iperf3 -c "${peer[$config]}" -t "$tcp_seconds" -P "$streams" -J --connect-timeout 5000 >"$report" 2>&1 ||
    fail "$config: iperf3: $(jq -r '.error // "no answer"' "$report" 2>/dev/null || tail -n 2 "$report")"
  after=$(cpu_of "$config") all_after=$(cpu_of_all)
  sample "$config" "tcp${streams}_gbps" "$(jq '.end.sum_received.bits_per_second / 1e9' "$report")"
  sample "$config" "tcp${streams}_resent" "$(jq '.end.sum_sent.retransmits' "$report")"
  [ "$streams" -eq 1 ] || return 0
  # iperf3 says what it used itself at both ends, in per cent of the time that the test took.
  jq -r --argjson services "$(awk "BEGIN { print $after - $before }")" --argjson all "$(awk "BEGIN { print $all_after - $all_before }")" '
    .end as $e | $e.sum_received.seconds as $s
    | ($services + ($e.cpu_utilization_percent | .host_total + .remote_total) * $s / 100) as $ours
    | "cpu_s_per_gib \($ours / ($e.sum_received.bytes / 1073741824))",
      "foreign_cpu_percent \(([$all - $ours, 0] | max) / $s * 100)"' "$report" |
    while read -r metric value; do sample "$config" "$metric" "$value"; done
}

# udp CONFIGURATION: what one sender with 64-byte payloads gets through.
udp() {
  local config=$1 sent received
  begin "$config" b "$probe" count 7001
  until_true "$config: no counter" listens "$config" b udp 7001
  sent=$(on "$config" a "$probe" blast "${peer[$config]}" 7001 "$udp_seconds" 64) || fail "$config: nothing could be sent"
  wait "$begun" || fail "$config: no small packet came: $(cat "$begun_output")"
  received=$(cat "$begun_output")
  sample "$config" udp_sent_kpps "$(jq '.sent / .seconds / 1e3' <<<"$sent")"
  # A starved receiver may start late and then empty its queue in one go: the longer of both times counts.
  sample "$config" udp_received_kpps "$(jq --argjson sent "$sent" '.received / ([.seconds, $sent.seconds] | max) / 1e3' <<<"$received")"
}

# rtt CONFIGURATION: round trips, at a rate that leaves the processors idle in between.
rtt() {
  local config=$1 trips
  begin "$config" b "$probe" echo 7002
  until_true "$config: no echo" listens "$config" b udp 7002
  trips=$(on "$config" a "$probe" rtt "${peer[$config]}" 7002 "$rtt_count" 1000) || fail "$config: no echo came back"
  kill "$begun"
  wait "$begun" || true
  sample "$config" rtt_median_us "$(jq .median_us <<<"$trips")"
  sample "$config" rtt_p99_us "$(jq .p99_us <<<"$trips")"
}

# idle SECONDS: what services use that have nothing to do, in per cent of one processor.
idle() {
  local config pid
  declare -A before=()
  own_cpu() { for pid in ${service[$1]}; do sed 's/.*) //' "/proc/$pid/stat"; done | awk '{ t += $12 + $13 } END { print t }'; }
  for config in "${!service[@]}"; do before[$config]=$(own_cpu "$config"); done
  sleep "$1"
  for config in "${!service[@]}"; do
    # Two services to a configuration.
    sample "$config" idle_cpu_percent "$(awk "BEGIN { print ($(own_cpu "$config") - ${before[$config]}) * 100 / $(getconf CLK_TCK) / $1 / 2 }")"
  done
}

# on_cable MODE FLOWS: a word of 1 and 0 that says for each flow of a probe whether eth0 carries it, by host B's counter.
on_cable() {
  local mode=$1 word='' flow before
  rx() { on "$mode" b cat /sys/class/net/eth0/statistics/rx_packets; }
  for ((flow = 0; flow < $2; flow++)); do
    before=$(rx)
    on "$mode" a "$probe" send "${peer[$mode]}" 7003 300 10000 $((first_port + flow)) 1 /dev/null
    word+=$(($(rx) - before >= 250 ? 1 : 0))
  done
  echo "$word"
}

# failover MODE MIIMON PERIOD_MS: cuts the cable of eth0 over and over under probes; appends a JSON object.
failover() {
  local mode=$1 miimon=$2 period=$3 flows=1 hit mend probes logs side sender cutter result tap_drops
  [ "$mode" = active-backup ] || flows=4
  mend=$((period * 2 / 5))
  # Probes flow from a little before the first cut until a little after the last control.
  probes=$(((cuts + 1) * period * 10))
  logs=$(mktemp -d "$work/failover.XXXXXX")
  for side in a b; do tandem "$mode" "$side" link set bond0 type bond miimon "$miimon"; done
  hit=$(on_cable "$mode" "$flows")
  [[ $hit == *1* ]] || fail "$mode: no flow runs over eth0"
  dropped_by_tap() { on "$mode" a cat /sys/class/net/bond0/statistics/tx_dropped; }
  tap_drops=$(dropped_by_tap)
  begin "$mode" b "$probe" recv 7003 "$probes" "$logs/recv"
  local receiver=$begun
  until_true "$mode: no receiver" listens "$mode" b udp 7003
  begin "$mode" a "$probe" send "${peer[$mode]}" 7003 "$probes" 10000 "$first_port" "$flows" "$logs/send"
  sender=$begun
  begin "$mode" b "$probe" cut eth0 "$cuts" "$period" "$mend" "$logs/cuts"
  cutter=$begun
  wait "$cutter" || fail "$mode: the cable could not be cut: $(cat "$begun_output")"
  wait "$sender" || fail "$mode: probes could not be sent"
  wait "$receiver" || fail "$mode: no probe came"
  result=$("$probe" gaps "$logs/send" "$logs/recv" "$logs/cuts" "$hit") || fail "$mode: no cut was seen"
  jq -e --argjson mend "$mend" '.gap_ms.p50 < $mend / 2' >/dev/null <<<"$result" ||
    fail "$mode: traffic does not leave the cut cable: $result"
  jq -c --arg mode "$mode" --argjson miimon "$miimon" --argjson period "$period" --argjson drops $(($(dropped_by_tap) - tap_drops)) \
    '{mode: $mode, miimon: $miimon, period_ms: $period, dropped_before_the_service: $drops} + .' <<<"$result" >>"$work/failovers"
  rm -rf "$logs"
}
