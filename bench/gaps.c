// Gaps and losses that the cuts of a run caused, from the logs of send, recv and cut: `probe gaps`.
//
// Events (cut, mend, control) divide the run: a probe belongs to the last event before it was sent. Probes in flight when the cable is cut may be
// lost too, so an event begins a little early. The gap of an event is the longest run of consecutive lost probes of one flow, times the scheduled
// interval of that flow's probes.
#include "probe.h"

#define IN_FLIGHT (5 * MILLISECOND)
#define MAX_EVENTS 300000

enum kind { BEFORE_ALL, CUT, MEND, CONTROL, KINDS };

struct event {
    enum kind kind;
    int64_t at, done;
    long lost, in_gaps;     // lost probes; those of them in the longest run of their flow
    long longest;           // the longest run of all flows
};

struct runs {
    long run[MAX_FLOWS], longest[MAX_FLOWS];
};

static int64_t *read_log(const char *path, struct log *log)
{
    FILE *file = fopen(path, "rb");
    if (!file || fread(log, sizeof *log, 1, file) != 1 || log->count < 1 || log->count > MAX_PROBES)
        die(path);
    int64_t *times = allocate(log->count, sizeof *times);
    if (fread(times, sizeof *times, log->count, file) != (size_t)log->count)
        die(path);
    fclose(file);
    return times;
}

static long read_cuts(const char *path, struct event *events)
{
    static const char *const names[KINDS] = {"", "cut", "mend", "control"};
    FILE *file = fopen(path, "r");
    char name[16];
    long count = 1, at, done;
    if (!file)
        die(path);
    while (count < MAX_EVENTS && fscanf(file, "%15s %ld %ld", name, &at, &done) == 3) {
        enum kind kind = CUT;
        while (kind < CONTROL && strcmp(name, names[kind]) != 0)
            kind++;
        events[count++] = (struct event){.kind = kind, .at = at, .done = done};
    }
    fclose(file);
    return count;
}

// Ends an event: sums up the longest runs of its flows.
static void settle(struct event *event, struct runs *runs, int flows)
{
    for (int flow = 0; flow < flows; flow++) {
        long longest = runs->longest[flow];
        event->in_gaps += longest;
        if (longest > event->longest)
            event->longest = longest;
    }
    memset(runs, 0, sizeof *runs);
}

static void print_times(const char *name, int64_t *values, long count)
{
    qsort(values, count, sizeof *values, ascending);
    printf("\"%s\":{\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f,\"max\":%.3f},", name, percentile(values, count, 50) / 1e6,
           percentile(values, count, 95) / 1e6, percentile(values, count, 99) / 1e6, percentile(values, count, 100) / 1e6);
}

int gaps(char **a)
{
    struct log sent, received;
    int64_t *sent_at = read_log(a[0], &sent), *came_at = read_log(a[1], &received);
    struct event *events = allocate(MAX_EVENTS, sizeof *events);
    long event_count = read_cuts(a[2], events), event = 0, lost_by_flow[MAX_FLOWS] = {0};
    struct runs runs = {0};
    int64_t *late = allocate(sent.count, sizeof *late);
    errno = 0;
    if (received.count != sent.count || sent.flows < 1 || sent.flows > MAX_FLOWS || strlen(a[3]) != (size_t)sent.flows)
        die("the logs are not of one run");

    long refused = 0;
    for (int64_t i = 0; i < sent.count; i++) {
        int64_t scheduled = sent.start + i * sent.step, left = sent_at[i] == 0 ? scheduled : sent_at[i];
        int flow = i % sent.flows;
        while (event + 1 < event_count && left >= events[event + 1].at - IN_FLIGHT)
            settle(&events[event++], &runs, sent.flows);
        late[i] = left - scheduled;
        refused += sent_at[i] == 0;
        if (came_at[i] != 0) {
            runs.run[flow] = 0;
            continue;
        }
        events[event].lost++;
        lost_by_flow[flow]++;
        if (++runs.run[flow] > runs.longest[flow])
            runs.longest[flow] = runs.run[flow];
    }
    settle(&events[event], &runs, sent.flows);

    int64_t *values[KINDS], *taking = allocate(event_count, sizeof *taking);
    long counts[KINDS] = {0}, lost[KINDS] = {0}, beyond = 0, flows_hit = 0, spared_lost = 0;
    for (int kind = 0; kind < KINDS; kind++)
        values[kind] = allocate(event_count, sizeof **values);
    for (long i = 0; i < event_count; i++) {
        struct event *e = &events[i];
        if (e->kind == CUT) {
            taking[counts[CUT]] = e->done - e->at;
            beyond += e->lost - e->in_gaps;
        }
        values[e->kind][counts[e->kind]++] = e->longest * sent.flows * sent.step;
        lost[e->kind] += e->lost;
    }
    for (int flow = 0; flow < sent.flows; flow++) {
        if (a[3][flow] == '1')
            flows_hit++;
        else
            spared_lost += lost_by_flow[flow];
    }

    printf("{\"probes\":%ld,\"refused\":%ld,\"copies\":%ld,\"cuts\":%ld,", (long)sent.count, refused, (long)received.copies, counts[CUT]);
    print_times("gap_ms", values[CUT], counts[CUT]);
    print_times("mend_gap_ms", values[MEND], counts[MEND]);
    print_times("control_gap_ms", values[CONTROL], counts[CONTROL]);
    print_times("cut_takes_ms", taking, counts[CUT]);
    print_times("late_ms", late, sent.count);
    printf("\"lost_at_cuts\":%ld,\"lost_beyond_gaps\":%ld,\"lost_at_mends\":%ld,\"lost_at_controls\":%ld,\"lost_before\":%ld,", lost[CUT],
           beyond, lost[MEND], lost[CONTROL], lost[BEFORE_ALL]);
    printf("\"flows\":%ld,\"flows_hit\":%ld,\"lost_on_spared_flows\":%ld}\n", (long)sent.flows, flows_hit, spared_lost);
    return counts[CUT] == 0;
}
