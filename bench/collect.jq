# Puts a run together: the medians of the samples, and their ratios to the plain link.
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
  else (.[length / 2 - 1] + .[length / 2]) / 2 end;

[$samples | split("\n")[] | select(. != "") | split("\t") | {config: .[0], metric: .[1], value: (.[2] | tonumber)}] as $all
| ($all | group_by([.config, .metric]) | map({config: .[0].config, metric: .[0].metric, median: (map(.value) | median), samples: map(.value)}))
  as $medians
| ($medians | map(select(.config == "plain")) | map({(.metric): .median}) | add // {}) as $plain
| {
    date: $date, commit: $commit, kernel: $kernel, processor: $processor, processors: $processors, load: $load,
    runs: $runs, quick: $quick,
    throughput: (reduce $medians[] as $m ({};
      .[$m.config][$m.metric] = {median: $m.median, samples: $m.samples}
        + (if ($plain[$m.metric] // 0) > 0 then {ratio: ($m.median / $plain[$m.metric])} else {} end))),
    failover: $failovers
  }
