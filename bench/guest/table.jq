# Prints what bench/guest.sh counted as Markdown: medians, and their ratios to the plain link and to the driver in the same mode.
include "names";

def median: sort | .[length / 2 | floor];
def mode: rtrimstr("." + kind);

($samples | split("\n") | map(select(. != "") | split("\t") | {config: .[0], count: (.[2] | tonumber)})
  | group_by(.config) | map({key: .[0].config, value: {count: (map(.count) | median), all: map(.count)}}) | from_entries) as $measured
| ($configs | split("\n") | map(select(. != ""))) as $configs
# ratio(CONFIGURATION): to what that one costs, if both were counted.
| def ratio($other): $measured[.].count as $count | $measured[$other].count as $beside
    | if $count and $beside then $count / $beside * 1000 | round / 1000 | tostring else "-" end;
"\($kernel | rtrimstr("\n")), instructions of a datagram's way", "",
(["configuration", "instructions", "to plain", "to the driver", "largest difference of three counts %"] | row, (map("---") | row)),
($configs[] | select($measured[.]) | [name, ($measured[.].count | places(0)), ratio("plain"),
  (if . == "plain" then "-" else ratio(mode + ".driver") end),
  ($measured[.] | ((.all | max) - (.all | min)) / .count * 100 | places(2))] | row),
"",
(if $notes == [] then empty else "Notes:", "", ($notes[] | "- \(.config | name): \(.text)"), "" end)
