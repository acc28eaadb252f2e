/* SPDX-License-Identifier: MIT */
/*
 * Carries a frame's priority (SO_PRIORITY, IP precedence, tc) through a veth pair, which clears it; the queueing disciplines of members
 * use it. It is stored in the last two words of the control block that a program may use; the second word marks the first as ours. A
 * queueing discipline of the bond may overwrite them; those with state there (fq, fq_codel, netem) use the first words.
 */
#pragma once

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define PRIORITY_WORD 3
#define PRIORITY_SEAL_WORD 4
#define PRIORITY_SEAL 0x54616e64

static __always_inline void keep_priority(struct __sk_buff *skb)
{
	skb->cb[PRIORITY_WORD] = skb->priority;
	skb->cb[PRIORITY_SEAL_WORD] = skb->priority ^ PRIORITY_SEAL;
}

static __always_inline void restore_priority(struct __sk_buff *skb)
{
	__u32 priority = skb->cb[PRIORITY_WORD];

	if (skb->cb[PRIORITY_SEAL_WORD] == (priority ^ PRIORITY_SEAL))
		skb->priority = priority;
}
