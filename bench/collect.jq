# Puts a run together: for each configuration, in the order of the run, the medians of its samples, and their ratios to the plain link.
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
  else (.[length / 2 - 1] + .[length / 2]) / 2 end;

# measured(CONFIGURATIONS): of lines "CONFIGURATION METRIC VALUE".
def measured($configs):
  [split("\n")[] | select(. != "") | split("\t") | {config: .[0], metric: .[1], value: (.[2] | tonumber)}] as $all
  | def medians($config): $all | map(select(.config == $config)) | group_by(.metric)
      | map({key: .[0].metric, value: {median: (map(.value) | median), samples: map(.value)}}) | from_entries;
  medians("plain") as $plain
  | [$configs | splits("[ \n]+") | select(. != "")]
  | map({key: ., value: (medians(.) | with_entries(
      .key as $metric | .value.median as $median | ($plain[$metric].median // 0) as $base
      | if $base > 0 then .value.ratio = $median / $base else . end))})
  | from_entries;

{
  date: $date, commit: $commit, kernel: $kernel, processor: $processor, processors: $processors, load: $load,
  runs: $runs, quick: $quick,
  throughput: ($samples | measured($configs)),
  failover: $failovers,
  driver_kernel: ($driver_kernel | rtrimstr("\n")),
  driver: ($driver_samples | measured($driver_configs)),
  notes: $notes
}
