/* SPDX-License-Identifier: MIT */
/* Orders loads from memory that the service writes concurrently. */
#pragma once

#include <linux/types.h>

/*
 * Returns 0, computed from the value. Added to the address of a later load it creates an address dependency: processors such as arm64 may
 * reorder loads otherwise. Barriers are no alternative: BPF has no cheap one, and Linux 5.10 none that orders only loads.
 */
static __always_inline __u64 after(__u64 value)
{
	asm volatile("%0 &= 0" : "+r"(value));
	return value;
}
