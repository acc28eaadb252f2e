# Prints a run as Markdown: a heading, and each table that has rows.
include "names";

def times: "\(.p50 | places(2)) / \(.p95 | places(2)) / \(.p99 | places(2)) / \(.max | places(2))";
def middle_and_most($n): if . == null then "-" else "\(.median | places($n)) / \(.samples | max | places($n))" end;

def spread: if . == null then "-" else (.samples | sort) as $all
  | "\(.median | places(0)) / \($all[($all | length) * 0.9 | ceil - 1] | places(0)) / \($all[-1] | places(0))" end;

def heading:
  "\(.date), commit \(.commit), \(.kernel), \(.processors) × \(.processor), load \(.load), medians of \(.runs)"
  + (if (.pair // "") != "" then "; exact and fast are a \(.pair) pair" else "" end)
  + (if .quick then "; QUICK: the figures mean little" else "" end), "";

# Each of these yields two values: the names of the columns, and the rows.
def what_passes:
  ["configuration", "TCP 1 Gbit/s", "TCP 4 Gbit/s", "in 256 KiB windows", "CPU s/GiB", "accounted", "64 B UDP got k/s", "sent k/s", "got %", "its way ns", "round trip µs", "its p99",
    "at rest CPU %", "machine at rest CPU %"],
  (.throughput | map_values(select(. != {})) | with_entries(select(.value.tcp1_gbps and (.key | maker | IN(null, "ebpf", "csharp", "default")))) | to_entries
    | map([(.key | name)] + (.value | [(.tcp1_gbps | cell(2)), (.tcp4_gbps | cell(2)), (."tcp4_256K_gbps" | cell(2)), (.cpu_s_per_gib | cell(2)), (.accounted_cpu_s_per_gib | cell(2)),
      (.udp_received_kpps | cell(0)), (.udp_sent_kpps.median | places(0)), (.udp_received_percent.median | places(0)), (.way_ns | cell(0)),
      (.rtt_median_us | cell(0)), (.rtt_p99_us.median | places(0)), (.idle_cpu_percent.median | places(2)), (.rest_machine_percent.median | places(0))])));

def cuts:
  ["bond", "miimon", "period ms", "cuts", "gap ms p50/p95/p99/max", "same, mend", "same, control", "lost beyond", "lost at mends", "lost at controls",
    "flows hit", "lost on others", "TAP full", "late ms p99/max", "cut takes ms"],
  (.failover | map([(.config | name), .miimon, .period_ms, .cuts, (.gap_ms | times), (.mend_gap_ms | times), (.control_gap_ms | times), .lost_beyond_gaps,
    .lost_at_mends, .lost_at_controls, "\(.flows_hit) of \(.flows)", .lost_on_spared_flows, .dropped_before_the_service,
    "\(.late_ms.p99 | places(2)) / \(.late_ms.max | places(2))", (.cut_takes_ms.p50 | places(2))]));

def peers:
  ["bond", "TCP 1 Gbit/s", "TCP 4 Gbit/s", "in 256 KiB windows", "CPU s/GiB", "accounted", "at rest CPU %", "64 B UDP got k/s", "sent k/s", "round trip µs", "its p99", "cuts", "gap ms median/max", "lost at a cut",
    "at a mend"],
  (if [.throughput | to_entries[] | (.key | maker | IN("ovs", "dpdk")) and .value.tcp1_gbps] | any then .throughput | to_entries else [] end
    | map([(.key | name) + (if .value == {} then ": not measured, see the notes" else "" end)] + (.value | [(.tcp1_gbps | cell(2)), (.tcp4_gbps | cell(2)), (."tcp4_256K_gbps" | cell(2)), (.cpu_s_per_gib | cell(2)),
      (.accounted_cpu_s_per_gib | cell(2)), (.idle_cpu_percent.median | places(1)), (.udp_received_kpps | cell(0)),
      (.udp_sent_kpps.median | places(0)), (.rtt_median_us | cell(0)), (.rtt_p99_us.median | places(0)), (.gap_ms.samples // [] | length),
      (.gap_ms | middle_and_most(1)), (.lost_at_cut | middle_and_most(0)), (.lost_at_mend | middle_and_most(0))])));

def convergence($all):
  ["bond", "tries", "join ms median/p90/max", "mend ms median/p90/max"],
  ($all | to_entries | map(select(.value.join_ms) | [(.key | name), (.value.join_ms.samples | length), (.value.join_ms | spread), (.value.mend_ms | spread)]));

def the_driver:
  ["bond", "TCP 1 Gbit/s", "64 B UDP got k/s", "sent k/s", "got %", "its way ns", "cuts", "gap ms median/max", "lost at a cut", "at a mend"],
  (.driver | with_entries(select(.value.tcp1_gbps or .value == {})) | to_entries
    | map([(.key | name)] + (.value | [(.tcp1_gbps | cell(2)), (.udp_received_kpps | cell(1)), (.udp_sent_kpps.median | places(1)),
      (.udp_received_percent.median | places(0)), (.way_ns | cell(0)), (.gap_ms.samples // [] | length), (.gap_ms | middle_and_most(0)), (.lost_at_cut | middle_and_most(0)),
      (.lost_at_mend | middle_and_most(0))])));

heading,
([what_passes] | table("What passes"; .[0]; .[1])),
([cuts] | table("A cut cable"; .[0]; .[1])),
([peers] | table("Peers"; .[0]; .[1])),
(.throughput as $all | [convergence($all)] | table("LACP converges"; .[0]; .[1])),
(.driver_kernel as $kernel | [the_driver] | table("The kernel's driver, and Tandem, in one kernel (\($kernel))"; .[0]; .[1])),
(.driver as $all | [convergence($all)] | table("LACP converges, in that kernel"; .[0]; .[1])),
(if .notes == [] then empty else "Notes:", "", (.notes[] | "- \(.config | name): \(.text)"), "" end)
