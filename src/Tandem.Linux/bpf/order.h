/* SPDX-License-Identifier: MIT */
/* The order of loads from memory that the service writes at the same time. */
#pragma once

#include <linux/types.h>

/*
 * Nothing, but only once the value is there. Processors such as arm64 may load in another order than the program says, unless the address
 * of the later load depends on the earlier one's value. No barrier: BPF has none that is cheap, and 5.10 none that only orders loads.
 */
static __always_inline __u64 after(__u64 value)
{
	asm volatile("%0 &= 0" : "+r"(value));
	return value;
}
