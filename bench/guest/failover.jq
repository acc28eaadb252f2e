# Prints what bench/guest-failover.sh measured as Markdown.
include "names";

def a_cut($lost): $lost / .cuts | places(1);

(["bond", "gap ms", "largest", "lost a cut", "gap at a mend ms", "largest", "lost a mend", "late p99 ms"] | row, (map("---") | row)),
(.[] | ["\(.mode), \(if .maker == "driver" then makers.driver else "Tandem" end), miimon \(.miimon)",
  (.gap_ms.p50 | places(1)), (.gap_ms.max | places(1)), a_cut(.lost_at_cuts),
  (.mend_gap_ms.p50 | places(1)), (.mend_gap_ms.max | places(1)), a_cut(.lost_at_mends), (.late_ms.p99 | places(1))] | row)
