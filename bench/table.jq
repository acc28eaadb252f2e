# Prints a run: columns parted by tabs.
def places($n): if . == null then "-" else . * pow(10; $n) | round / pow(10; $n) | tostring end;
def ratio: if .ratio == null then "" else " (\(.ratio | places(2)))" end;
def cell($n): if . == null then "-" else "\(.median | places($n))\(ratio)" end;
def times: "\(.p50 | places(2)) / \(.p95 | places(2)) / \(.p99 | places(2)) / \(.max | places(2))";

"\(.date)  commit \(.commit)  \(.kernel)  \(.processors) × \(.processor)  load \(.load)  medians of \(.runs)\(if .quick then "  QUICK: figures mean little" else "" end)",
"",
(if .throughput != {} then
  (["configuration", "TCP 1, Gbit/s", "TCP 4, Gbit/s", "UDP 64 B got, k/s", "sent, k/s", "round trip, µs", "its p99, µs", "CPU, s/GiB", "foreign CPU, %", "at rest, %"] | @tsv),
  (.throughput | to_entries | sort_by(if .key == "plain" then "" else .key end)[] | .key as $config | .value
    | [$config, (.tcp1_gbps | cell(2)), (.tcp4_gbps | cell(2)), (.udp_received_kpps | cell(0)), (.udp_sent_kpps | cell(0)),
       (.rtt_median_us | cell(0)), (.rtt_p99_us | cell(0)), (.cpu_s_per_gib | cell(2)), (.foreign_cpu_percent.median | places(0)),
       (.idle_cpu_percent | cell(2))] | @tsv),
  ""
else empty end),
(if .failover != [] then
  (["failover", "miimon", "period, ms", "cuts", "gap, ms: p50 / p95 / p99 / max", "control, same", "mend, same", "lost beyond", "at mends", "at controls",
    "flows hit", "lost on others", "late, ms: p99 / max", "cut takes, ms"] | @tsv),
  (.failover[] | [.mode, .miimon, .period_ms, .cuts, (.gap_ms | times), (.control_gap_ms | times), (.mend_gap_ms | times), .lost_beyond_gaps,
    .lost_at_mends, .lost_at_controls, "\(.flows_hit) of \(.flows)", .lost_on_spared_flows,
    "\(.late_ms.p99 | places(2)) / \(.late_ms.max | places(2))", (.cut_takes_ms.p50 | places(2))] | @tsv)
else empty end)
