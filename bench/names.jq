# Shared by table.jq and guest/table.jq: names of configurations, cells, rows and tables in Markdown.
def places($n): if . == null then "-" else . * pow(10; $n) | round / pow(10; $n) | tostring end;
def cell($n): if . == null then "-" else "\(.median | places($n))" + (if .ratio then " (\(.ratio | places(2)))" else "" end) end;

# A configuration is MODE.KIND or MODE+POLICY.KIND; a mode may have a dot too. A kind is MAKER, or ebpf-DEVICE, or ebpf-DEVICE-PAIR.
def makers: {ebpf: "eBPF", csharp: "C#", default: "default path", driver: "the driver", ovs: "Open vSwitch", dpdk: "DPDK"};
def kind: split(".")[-1];
def maker: kind | split("-")[0] | select(in(makers)) // null;
def device: split("-")[1:] | map(if . == "tap" then "tap (the version before)" else . end);
def name: kind as $kind | maker as $maker
  | if $maker then (rtrimstr(".\($kind)") | sub("[+]"; " ")) + ", " + ([makers[$maker]] + ($kind | device) | join(" ")) else . end;

def row: "| " + join(" | ") + " |";
def table($title; $columns; $rows):
  if $rows == [] then empty else
    "## " + $title, "", ($columns | row), ($columns | map("---") | row), ($rows[] | map(tostring) | row), ""
  end;
