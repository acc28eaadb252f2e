# Prints records of tests on whole machines as Markdown.
def test: (.test | split("(")) as $parts
  | ($parts[0] | split(".") | last | gsub("_"; " ")) + (if ($parts | length) > 1 then " (" + ($parts[1:] | join("(")) else "" end);
"# What was tested where",
"",
"`./test --machines` boots these machines (`eng/guest`: QEMU, the processor emulated), runs the tests, and writes this page. Network cards are",
"QEMU's models of them. A test without cards uses veth. All else that `./test` runs, runs on the kernel of the machine that it runs on.",
"",
(group_by([.architecture, .kernel]) | .[] |
  "## \(.[0].kernel) (\(.[0].architecture))",
  "",
  "| environment | cards | test | outcome | date |",
  "|---|---|---|---|---|",
  (sort_by([.environment, (.cards | join(", ")), .test]) | .[]
    | "| \(.environment) | \(.cards | join(", ") | if . == "" then "veth" else . end) | \(test) | \(if .passed then "passed" else "**failed**" end) | \(.date) |"),
  "")
