/* SPDX-License-Identifier: MIT */
#pragma once

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "plan.h"

/*
 * Each data section becomes a map, which the service maps into its memory. Until a plan is published, the service receives all
 * control frames.
 */
struct control control SEC(".data.control") = { .layout = LAYOUT, .sockets_take = 1, .ring = { { .hears = HEARS_SLOW_PROTOCOLS } } };

/* The table of members. */
volatile __u64 members[MEMBER_PLACES] SEC(".data.members") = { PLACE_UNUSED };

/* MAX_MEMBERS entries for each processor; the service sets the size for the machine's number of processors. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MAX_MEMBERS);
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

/* One entry for each processor. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct processor);
} processors SEC(".maps");

/* One entry for each processor. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct load);
} loads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MAX_MEMBERS);
	__type(key, __u32);
	__type(value, struct stored_lacpdu);
} stored_lacpdus SEC(".maps");

/* The slot of the member with this ifindex; MAX_MEMBERS if there is none. */
static __always_inline __u32 slot_of(__u32 ifindex)
{
	for (__u32 i = 0; i < MEMBER_PLACES; i++) {
		__u64 place = members[(ifindex + i) & (MEMBER_PLACES - 1)];

		if (place == PLACE_UNUSED)
			break;
		if ((__u32)place == ifindex)
			return place >> 32;
	}
	return MAX_MEMBERS;
}

static __always_inline struct counters *counters_of(__u32 slot)
{
	__u32 key = bpf_get_smp_processor_id() * MAX_MEMBERS + slot;

	return bpf_map_lookup_elem(&counters, &key);
}

static __always_inline struct load *this_load(void)
{
	__u32 key = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&loads, &key);
}

static __always_inline struct processor *this_processor(void)
{
	__u32 key = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&processors, &key);
}

/*
 * State of the bond for the next service: its length in 32 bits, then its bytes. No program reads the map. It is bound to the programs, so it
 * lives as long as one of them is attached.
 */
#define MEMORY_BYTES (128 * 1024)
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__uint(value_size, MEMORY_BYTES);
} memory SEC(".maps");
