# shellcheck shell=bash
# Sourced by the benchmarks: each function takes one measurement of one configuration. A sample is a line "CONFIGURATION METRIC VALUE"; the plain
# link's sample just before it is "CONFIGURATION plain.METRIC VALUE".

sample() { printf '%s\t%s\t%s\n' "${beside:-$1}" "${beside:+plain.}$2" "$3" >>"$samples"; }

# paired MEASUREMENT CONFIGURATION ARGUMENT...: measures the plain link first, so that both run in the same condition of the machine. If $brief is
# true, the plain link is left out.
paired() {
  [ "$2" = plain ] || ${brief:-false} || beside=$2 "$1" plain "${@:3}"
  "$@"
}
calculate() { awk "BEGIN { print $* }"; }
seconds() { echo "${EPOCHREALTIME/,/.}"; }

# Seconds of processor time that the configuration's services and the kernel's ksoftirqd threads have used so far.
cpu_of() {
  local pid files=()
  for pid in ${service[$1]:-} $(pgrep ksoftirqd); do files+=("/proc/$pid/stat"); done
  # The name in parentheses may contain spaces. utime and stime are the 12th and 13th fields after it.
  sed 's/.*) //' "${files[@]}" 2>/dev/null | awk -v hz="$(getconf CLK_TCK)" '{ t += $12 + $13 } END { print t / hz }'
}

# Seconds that all processors have been idle, or taken by the hypervisor. The rest is busy time. It includes softirqs, which are charged to no
# process; the kernel's own sums of busy time miss those softirqs that interrupt an idle processor between two ticks.
cpu_unused() { awk -v hz="$(getconf CLK_TCK)" '/^cpu / { print ($5 + $6 + $9) / hz }' /proc/stat; }

# rest CONFIGURATION SECONDS: measures the load while no measurement runs.
rest() {
  local config=$1 own unused begin
  own_cpu() {
    local pid
    for pid in ${service[$config]:-}; do cat "/proc/$pid/task"/*/schedstat; done 2>/dev/null | awk '{ t += $1 } END { print t / 1e9 }'
  }
  own=$(own_cpu) unused=$(cpu_unused) begin=$(seconds)
  sleep "$2"
  # The mean number of busy processors.
  busy_at_rest=$(calculate "$processors - ($(cpu_unused) - $unused) / ($(seconds) - $begin)")
  sample "$config" rest_machine_percent "$(calculate "100 * $busy_at_rest")"
  # A configuration has two services.
  [ -z "${service[$config]:-}" ] || sample "$config" idle_cpu_percent "$(calculate "100 * ($(own_cpu) - $own) / $2 / 2")"
}

# tcp CONFIGURATION STREAMS [WINDOW]: WINDOW sets the socket buffers of both ends; then only the throughput is of interest.
tcp() {
  local config=$1 streams=$2 window=${3:-} report own unused begin busy
  begin "$config" b iperf3 -s -1
  until_true "iperf3 does not listen" listens "$config" b tcp 5201
  report=$(mktemp "$work/iperf.XXXXXX")
  own=$(cpu_of "$config") unused=$(cpu_unused) begin=$(seconds)
  on "$config" a timeout 60 iperf3 -c "${peer[$config]}" -t "$tcp_seconds" -P "$streams" ${window:+-w "$window"} -J --connect-timeout 5000 >"$report" 2>"$report.error" ||
    fail "iperf3: $(jq -r '.error // "no answer"' "$report" 2>/dev/null || tail -n 2 "$report.error")"
  busy=$(calculate "($(seconds) - $begin) * ($processors - $busy_at_rest) - ($(cpu_unused) - $unused)")
  own=$(calculate "$(cpu_of "$config") - $own")
  jq -r --arg name "tcp$streams${window:+_$window}" --argjson own "$own" --argjson busy "$busy" '
    .end as $e | ($e.sum_received.bytes / 1073741824) as $gib
    | "\($name)_gbps \($e.sum_received.bits_per_second / 1e9)",
      "\($name)_resent \($e.sum_sent.retransmits)",
      (if $name == "tcp1" then
        "cpu_s_per_gib \($busy / $gib)",
        # iperf3 reports its own processor time at both ends, in per cent of the elapsed time.
        "accounted_cpu_s_per_gib \(($own + ($e.cpu_utilization_percent | .host_total + .remote_total) * $e.sum_received.seconds / 100) / $gib)"
      else empty end)' "$report" >"$report.samples" 2>"$report.error" || fail "iperf3 delivered nothing"
  while read -r metric value; do sample "$config" "$metric" "$value"; done <"$report.samples"
}

# udp CONFIGURATION: rates of datagrams with 64 bytes of payload that one sender sends as fast as it can, and that arrive.
udp() {
  local config=$1 sent received
  begin "$config" b "$probe" count 7001
  until_true "no counter" listens "$config" b udp 7001
  sent=$(on "$config" a "$probe" blast "${peer[$config]}" 7001 "$udp_seconds" 64) || fail "no small packet could be sent"
  wait "$begun" || fail "no small packet came: $(cat "$begun_output")"
  received=$(cat "$begun_output")
  # A starved receiver may start late and then empty its queue at once, so the longer of both durations counts.
  jq -r --argjson sent "$sent" '
    "udp_sent_kpps \($sent.sent / $sent.seconds / 1e3)",
    "udp_received_kpps \(.received / ([.seconds, $sent.seconds] | max) / 1e3)",
    "udp_received_percent \(100 * .received / $sent.sent)"' <<<"$received" >"$begun_output.samples"
  while read -r metric value; do sample "$config" "$metric" "$value"; done <"$begun_output.samples"
}

# way CONFIGURATION: the cost of a datagram from the sender's call to a full socket at the other end. Everything runs on the sender's processor, and
# no process is woken. Softirqs are charged to the sender, so its processor time is measured. Elapsed time would grow with everything else that runs
# on this processor.
way() {
  local config=$1 sent first
  first=$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)
  begin "$config" b "$probe" full 7003
  until_true "no socket" listens "$config" b udp 7003
  sent=$(on "$config" a taskset -c "$first" "$probe" blast "${peer[$config]}" 7003 "$udp_seconds" 64) || fail "no datagram could be sent"
  kill "$begun"
  wait "$begun" || true
  sample "$config" way_ns "$(jq '1e9 * .processor_seconds / .sent' <<<"$sent")"
}

# rtt CONFIGURATION: round-trip times, at a rate that leaves the processors idle in between.
rtt() {
  local config=$1 trips
  begin "$config" b "$probe" echo 7002
  until_true "no echo" listens "$config" b udp 7002
  trips=$(on "$config" a "$probe" rtt "${peer[$config]}" 7002 "$rtt_count" "$rtt_rate") || fail "no echo came back"
  kill "$begun"
  wait "$begun" || true
  sample "$config" rtt_median_us "$(jq .median_us <<<"$trips")"
  sample "$config" rtt_p99_us "$(jq .p99_us <<<"$trips")"
}
