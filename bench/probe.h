// Shared by the parts of the stopwatch.
#ifndef PROBE_H
#define PROBE_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000LL
#define MILLISECOND 1000000LL
#define MAX_PROBES 10000000L
#define MAX_FLOWS 64

static inline void die(const char *what)
{
    fprintf(stderr, "probe: %s: %s\n", what, errno ? strerror(errno) : "not as expected");
    exit(1);
}

static inline void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        die("memory");
    return memory;
}

static inline int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// The smallest value that so many per cent of the values do not exceed. The values must be sorted.
static inline int64_t percentile(const int64_t *values, long count, int percent)
{
    long rank = (count * percent + 99) / 100;
    return count == 0 ? 0 : values[rank == 0 ? 0 : rank - 1];
}

// A log of send or recv: this header, then a time for each probe, 0 if it did not arrive or was not sent.
struct log {
    int64_t start, step, count, flows, copies;
};

// gaps.c
int gaps(char **arguments);

#endif
