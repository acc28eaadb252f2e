// The stopwatch of the benchmarks: UDP probes on a fixed schedule, and which of them arrive. Plain C, so that no garbage collector delays it. All
// times are CLOCK_MONOTONIC in ns. Both ends run on one machine, so their times can be compared.
//
//   probe echo PORT                                  answers until it is ended
//   probe rtt ADDRESS PORT COUNT RATE                round trips to an echo
//   probe count PORT                                 counts the datagrams of a blast, until its end marker
//   probe blast ADDRESS PORT SECONDS BYTES           sends as fast as it can
//   probe full PORT                                  a socket that nobody reads, with a buffer for next to nothing
//   probe recv PORT COUNT LOG                        logs when each probe of a send arrived
//   probe send ADDRESS PORT COUNT RATE FROM FLOWS LOG
//                                                    sends probes on schedule, in turn from FLOWS source ports from FROM on
//   probe first BROADCAST PORT SECONDS COMMAND       runs the command, and measures the time until the first echo
//   probe cut DEVICE COUNT PERIOD_MS MEND_MS LOG     takes the device down and up again, over and over
//   probe gaps SEND_LOG RECV_LOG CUT_LOG FLOWS       what the cuts cost; FLOWS has a digit for each flow: 1 if the cable carries it
//
// Answers are JSON on standard output.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

#define BATCH 32
#define LAST UINT64_MAX     // instead of a number: the blast has ended

static int64_t read_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

static int64_t now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

static void sleep_until(int64_t at)
{
    struct timespec t = {at / SECOND, at % SECOND};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        ;
}

// A number of the command line within bounds.
static long number(const char *text, long low, long high)
{
    char *end;
    long value = strtol(text, &end, 10);
    errno = 0;
    if (*text == 0 || *end != 0 || value < low || value > high)
        die(text);
    return value;
}

// Keeps the stopwatch from waiting for a processor or for a page. Without the right to do so it runs at normal priority.
static void be_prompt(void)
{
    struct sched_param priority = {.sched_priority = 1};
    sched_setscheduler(0, SCHED_FIFO, &priority);
    mlockall(MCL_CURRENT | MCL_FUTURE);
}

static struct sockaddr_in address(const char *host, const char *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(number(port, 1, 65535))};
    errno = 0;
    if (inet_pton(AF_INET, host, &a.sin_addr) != 1)
        die(host);
    return a;
}

static void wait_at_most(int fd, int64_t receive_timeout)
{
    struct timeval timeout = {receive_timeout / SECOND, receive_timeout % SECOND / 1000};
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) < 0)
        die("socket");
}

// A UDP socket whose buffer holds what arrives while the reader does not run.
static int udp(int64_t receive_timeout)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), room = 8 << 20;
    if (fd < 0)
        die("socket");
    wait_at_most(fd, receive_timeout);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    return fd;
}

static int listening(const char *port, int64_t receive_timeout)
{
    int fd = udp(receive_timeout);
    struct sockaddr_in a = address("0.0.0.0", port);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) < 0)
        die("bind");
    return fd;
}

// If from is 0, the kernel chooses the port.
static int sending(const char *host, const char *port, int from, int64_t receive_timeout)
{
    int fd = udp(receive_timeout);
    struct sockaddr_in a = address(host, port), source = {.sin_family = AF_INET, .sin_port = htons(from)};
    if (bind(fd, (struct sockaddr *)&source, sizeof source) < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) < 0)
        die("connect");
    return fd;
}

static int echo(char **a)
{
    int fd = listening(a[0], 0);
    char packet[2048];
    struct sockaddr_in from;
    for (;;) {
        socklen_t size = sizeof from;
        ssize_t length = recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *)&from, &size);
        if (length >= 0)
            sendto(fd, packet, length, 0, (struct sockaddr *)&from, size);
    }
    return 0;
}

static int full(char **a)
{
    int fd = listening(a[0], 0), room = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) < 0)
        die("socket");
    for (;;)
        pause();
    return 0;
}

static int rtt(char **a)
{
    long count = number(a[2], 1, MAX_PROBES), answered = 0;
    int64_t step = SECOND / number(a[3], 1, 1000000), *trips = allocate(count, sizeof *trips);
    int fd = sending(a[0], a[1], 0, 100 * MILLISECOND);
    int64_t next = now() + step;
    for (int64_t i = 0; i < count; i++, next += step) {
        int64_t probe[8] = {i}, answer[8];
        sleep_until(next);
        int64_t sent = now();
        if (send(fd, probe, sizeof probe, 0) < 0)
            continue;
        // Answers to earlier probes, which were given up, may still arrive.
        while (recv(fd, answer, sizeof answer, 0) == sizeof answer) {
            if (answer[0] != i)
                continue;
            trips[answered++] = now() - sent;
            break;
        }
    }
    qsort(trips, answered, sizeof *trips, ascending);
    printf("{\"sent\":%ld,\"answered\":%ld,\"median_us\":%.1f,\"p99_us\":%.1f}\n", count, answered,
           percentile(trips, answered, 50) / 1e3, percentile(trips, answered, 99) / 1e3);
    return answered == 0;
}

// Probes from just before the command starts until the first answer. A missing route is no error meanwhile. Probes go to a broadcast address, so
// that no neighbour resolution comes first.
static int first(char **a)
{
    int64_t limit = number(a[2], 1, 3600) * SECOND, begin, answer[8];
    struct sockaddr_in to = address(a[0], a[1]);
    int fd = udp(MILLISECOND / 2), yes = 1, status = 0;
    if (setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes) < 0)
        die("socket");
    be_prompt();
    begin = now();
    pid_t command = fork();
    if (command < 0)
        die("fork");
    if (command == 0) {
        struct sched_param ordinary = {0};
        sched_setscheduler(0, SCHED_OTHER, &ordinary);
        execl("/bin/sh", "sh", "-c", a[3], (char *)NULL);
        _exit(127);
    }
    do {
        int64_t probe[8] = {now()};
        if (sendto(fd, probe, sizeof probe, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to) < 0)
            sleep_until(now() + MILLISECOND / 2);
    } while (recv(fd, answer, sizeof answer, 0) != sizeof answer && now() - begin < limit);
    int64_t took = now() - begin;
    errno = 0;
    if (waitpid(command, &status, 0) != command || status != 0)
        die("the command failed");
    if (took >= limit)
        die("no answer came");
    printf("{\"ms\":%.2f}\n", took / 1e6);
    return 0;
}

// Prepares a batch of messages of the same size, stored side by side.
static void fill(struct mmsghdr *batch, struct iovec *parts, char *packets, size_t bytes)
{
    memset(batch, 0, BATCH * sizeof *batch);
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){packets + i * bytes, bytes};
        batch[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    }
}

static int blast(char **a)
{
    size_t bytes = number(a[3], sizeof(int64_t), 65000);
    char *packets = allocate(BATCH, bytes);
    struct iovec parts[BATCH];
    struct mmsghdr batch[BATCH];
    int fd = sending(a[0], a[1], 0, 0);
    int64_t begin = now(), end = begin + number(a[2], 1, 3600) * SECOND, sent = 0, next = 0;
    int64_t processor = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    fill(batch, parts, packets, bytes);
    while (now() < end) {
        for (int i = 0; i < BATCH; i++, next++)
            memcpy(packets + i * bytes, &next, sizeof next);
        int done = sendmmsg(fd, batch, BATCH, 0);
        sent += done > 0 ? done : 0;
    }
    end = now();
    processor = read_clock(CLOCK_PROCESS_CPUTIME_ID) - processor;
    // The end marker is sent repeatedly and spread over time: the queues on the way may be full.
    next = LAST;
    for (int i = 0; i < 20; i++) {
        memcpy(packets, &next, sizeof next);
        send(fd, packets, bytes, 0);
        sleep_until(end + (i + 1) * 20 * MILLISECOND);
    }
    printf("{\"sent\":%ld,\"seconds\":%.6f,\"processor_seconds\":%.6f}\n", (long)sent, (end - begin) / 1e9, processor / 1e9);
    return sent == 0;
}

static int count(char **a)
{
    static uint64_t seen[1 << 22];
    static char packets[BATCH * 2048];
    struct iovec parts[BATCH];
    struct mmsghdr batch[BATCH];
    int fd = listening(a[0], SECOND), waits = 0, ended = 0;
    int64_t received = 0, copies = 0, first = 0, last = 0;
    fill(batch, parts, packets, 2048);
    // Datagrams may arrive by another cable after the end marker. Without an end marker, ten seconds of silence end the count.
    while (waits < (ended ? 1 : 10)) {
        int done = recvmmsg(fd, batch, BATCH, MSG_WAITFORONE, NULL);
        if (done <= 0) {
            waits++;
            continue;
        }
        waits = 0;
        int64_t at = now();
        for (int i = 0; i < done; i++) {
            uint64_t sequence, bit;
            memcpy(&sequence, parts[i].iov_base, sizeof sequence);
            if (sequence == LAST) {
                ended = 1;
                wait_at_most(fd, 100 * MILLISECOND);
                continue;
            }
            last = at;
            if (first == 0)
                first = at;
            uint64_t *word = &seen[sequence / 64 % (sizeof seen / sizeof *seen)];
            bit = 1ULL << sequence % 64;
            copies += (*word & bit) != 0;
            received += (*word & bit) == 0;
            *word |= bit;
        }
    }
    printf("{\"received\":%ld,\"copies\":%ld,\"seconds\":%.6f}\n", (long)received, (long)copies, (last - first) / 1e9);
    return received == 0;
}

static void write_log(const char *path, const struct log *log, const int64_t *times)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(log, sizeof *log, 1, file) != 1 || fwrite(times, sizeof *times, log->count, file) != (size_t)log->count
        || fclose(file) != 0)
        die(path);
}

static int receive(char **a)
{
    struct log log = {.count = number(a[1], 1, MAX_PROBES)};
    int64_t *came = allocate(log.count, sizeof *came), probe[8];
    int fd = listening(a[0], SECOND), waits = 0;
    long received = 0;
    be_prompt();
    while (received == 0 ? waits < 10 : waits < 2) {
        if (recv(fd, probe, sizeof probe, 0) != sizeof probe) {
            waits++;
            continue;
        }
        waits = 0;
        if (probe[0] < 0 || probe[0] >= log.count)
            continue;
        if (came[probe[0]] == 0)
            came[probe[0]] = now();
        else
            log.copies++;
        received++;
        if (probe[0] == log.count - 1)
            wait_at_most(fd, 200 * MILLISECOND);
    }
    write_log(a[2], &log, came);
    return received == 0;
}

static int send_probes(char **a)
{
    struct log log = {.count = number(a[2], 1, MAX_PROBES), .flows = number(a[5], 1, MAX_FLOWS)};
    int64_t *sent = allocate(log.count, sizeof *sent);
    int fds[MAX_FLOWS], from = number(a[4], 1, 65535 - MAX_FLOWS);
    for (int i = 0; i < log.flows; i++)
        fds[i] = sending(a[0], a[1], from + i, 0);
    log.step = SECOND / number(a[3], 1, 1000000);
    be_prompt();
    log.start = now() + 10 * MILLISECOND;
    for (int64_t i = 0; i < log.count; i++) {
        int64_t probe[8] = {i};
        sleep_until(log.start + i * log.step);
        int64_t at = now();
        if (send(fds[i % log.flows], probe, sizeof probe, MSG_DONTWAIT) > 0)
            sent[i] = at;
    }
    write_log(a[6], &log, sent);
    return 0;
}

static void set_up(int fd, const char *device, int up)
{
    struct ifreq request = {0};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
    if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
        die(device);
    request.ifr_flags = up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP;
    if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        die(device);
}

// Each period has a cut, its mend, and a control half-way from the mend to the next cut, at which nothing is done.
static int cut(char **a)
{
    long count = number(a[1], 1, 100000);
    int64_t period = number(a[2], 2, 100000) * MILLISECOND, mend = number(a[3], 1, 100000) * MILLISECOND;
    int fd = udp(0);
    FILE *log = fopen(a[4], "w");
    if (!log)
        die(a[4]);
    be_prompt();
    int64_t at = now() + period / 2;
    for (long i = 0; i < count; i++, at += period) {
        for (int up = 0; up <= 1; up++) {
            sleep_until(at + up * mend);
            int64_t before = now();
            set_up(fd, a[0], up);
            fprintf(log, "%s %ld %ld\n", up ? "mend" : "cut", (long)before, (long)now());
        }
        sleep_until(at + mend + (period - mend) / 2);
        fprintf(log, "control %ld %ld\n", (long)now(), (long)now());
    }
    return fclose(log) != 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int arguments;
        int (*run)(char **arguments);
    } commands[] = {{"echo", 1, echo}, {"rtt", 4, rtt}, {"first", 4, first}, {"count", 1, count}, {"blast", 4, blast},
                    {"full", 1, full}, {"recv", 3, receive}, {"send", 7, send_probes}, {"cut", 5, cut}, {"gaps", 4, gaps}};
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0 && argc - 2 == commands[i].arguments)
            return commands[i].run(argv + 2);
    }
    fprintf(stderr, "usage: probe echo|rtt|first|count|blast|full|recv|send|cut|gaps ...; the head of bench/probe.c says how\n");
    return 2;
}
