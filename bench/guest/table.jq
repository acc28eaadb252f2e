# Prints the counts of bench/guest.sh as Markdown: medians, and their ratios to the plain link and to the driver in the same mode.
include "names";

def median: sort | .[length / 2 | floor];
def mode: rtrimstr("." + kind);

# {CONFIGURATION: {datagram: [COUNT...], byte: [COUNT...]}}
(reduce ($samples | split("\n")[] | select(. != "") | split("\t")) as [$config, $what, $count] ({};
  .[$config][$what] += [$count | tonumber])) as $measured
| ($configs | split("\n") | map(select(. != ""))) as $configs
# ratio(WHAT; CONFIGURATION): the ratio to that configuration's median, if both were counted.
| def ratio($what; $other): $measured[.][$what] as $counts | $measured[$other][$what] as $beside
    | if $counts and $beside then ($counts | median) / ($beside | median) | places(3) else "-" end;
# cells(WHAT; PLACES): median, both ratios, and the largest difference.
def cells($what; $places): $measured[.][$what] as $counts
    | if $counts then
        ($counts | median | places($places)), ratio($what; "plain"),
        (if . == "plain" then "-" else ratio($what; mode + ".driver") end),
        ($counts | ((max - min) / median * 100) | places(2))
      else "-", "-", "-", "-" end;
"\($kernel | rtrimstr("\n")), instructions", "",
(["configuration", "a datagram", "to plain", "to the driver", "largest difference %",
  "a byte of a stream", "to plain", "to the driver", "largest difference %"] | row, (map("---") | row)),
($configs[] | select($measured[.]) | [name, cells("datagram"; 0), cells("byte"; 3)] | row),
"",
(if $notes == [] then empty else "Notes:", "", ($notes[] | "- \(.config | name): \(.text)"), "" end)
