# Prints a part of a run: heading, throughput or failover, with columns parted by tabs.
def places($n): if . == null then "-" else . * pow(10; $n) | round / pow(10; $n) | tostring end;
def cell($n): if . == null then "-" else "\(.median | places($n))" + (if .ratio then " (\(.ratio | places(2)))" else "" end) end;
def times: "\(.p50 | places(2)) / \(.p95 | places(2)) / \(.p99 | places(2)) / \(.max | places(2))";

def heading:
  "\(.date), commit \(.commit), \(.kernel), \(.processors) × \(.processor), load \(.load), medians of \(.runs)"
  + (if .quick then "; QUICK: the figures mean little" else "" end);

def throughput:
  ["configuration", "TCP 1 Gbit/s", "TCP 4 Gbit/s", "CPU s/GiB", "64 B UDP got k/s", "sent k/s", "round trip µs", "its p99", "at rest CPU %", "foreign CPU %"],
  (.throughput | to_entries | sort_by(if .key == "plain" then "" else .key end)[]
    | [.key] + (.value | [
      (.tcp1_gbps | cell(2)), (.tcp4_gbps | cell(2)), (.cpu_s_per_gib | cell(2)), (.udp_received_kpps | cell(0)), (.udp_sent_kpps.median | places(0)),
      (.rtt_median_us | cell(0)), (.rtt_p99_us.median | places(0)), (.idle_cpu_percent | cell(2)), (.foreign_cpu_percent.median | places(0))]));

def failover:
  ["mode", "miimon", "period ms", "cuts", "gap ms p50/p95/p99/max", "same, mend", "same, control", "lost beyond", "lost at mends", "lost at controls",
    "flows hit", "lost on others", "TAP full", "late ms p99/max", "cut takes ms"],
  (.failover[] | [.mode, .miimon, .period_ms, .cuts, (.gap_ms | times), (.mend_gap_ms | times), (.control_gap_ms | times), .lost_beyond_gaps,
    .lost_at_mends, .lost_at_controls, "\(.flows_hit) of \(.flows)", .lost_on_spared_flows, .dropped_before_the_service,
    "\(.late_ms.p99 | places(2)) / \(.late_ms.max | places(2))", (.cut_takes_ms.p50 | places(2))]);

if $part == "heading" then heading
elif $part == "throughput" and .throughput != {} then throughput | @tsv
elif $part == "failover" and .failover != [] then failover | @tsv
else empty end
