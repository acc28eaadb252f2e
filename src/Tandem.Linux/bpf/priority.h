/* SPDX-License-Identifier: MIT */
/*
 * A veth device forgets a frame's priority (SO_PRIORITY, IP precedence, tc) on its way to the other end, where queueing disciplines of
 * members go by it. It is carried across in the last two words of the frame's control block that a program may use: the second says that
 * the first is ours. A queueing discipline of the bond's own may write there; what it keeps (fq, fq_codel, netem) takes the first words.
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
