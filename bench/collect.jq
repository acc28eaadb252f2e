# Collects a run: for each configuration, in the order of the run, the medians of its samples and their ratios to the plain link.
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
  else (.[length / 2 - 1] + .[length / 2]) / 2 end;

# measured(CONFIGURATIONS): the medians, from lines "CONFIGURATION METRIC VALUE".
def measured($configs):
  [split("\n")[] | select(. != "") | split("\t") | {config: .[0], metric: .[1], value: (.[2] | tonumber)}] as $all
  | def medians($config): $all | map(select(.config == $config)) | group_by(.metric)
      | map({key: .[0].metric, value: {median: (map(.value) | median), samples: map(.value)}}) | from_entries;
  # The ratio is the median of the samples' ratios to the plain link's sample just before each.
  [$configs | splits("[ \n]+") | select(. != "")]
  | map({key: ., value: (. as $config | medians(.) as $measured | $measured | with_entries(
      ($measured["plain." + .key].samples // (if $config == "plain" then .value.samples else [] end)) as $beside
      | if $beside != [] and all($beside[]; . > 0) and ($beside | length) == (.value.samples | length)
        then .value.ratio = ([.value.samples, $beside] | transpose | map(.[0] / .[1]) | median) else . end))})
  | from_entries;

{
  date: $date, commit: $commit, kernel: $kernel, processor: $processor, processors: $processors, load: $load, pair: $pair,
  runs: $runs, quick: $quick,
  throughput: ($samples | measured($configs)),
  failover: $failovers,
  driver_kernel: ($driver_kernel | rtrimstr("\n")),
  driver: ($driver_samples | measured($driver_configs)),
  notes: $notes
}
