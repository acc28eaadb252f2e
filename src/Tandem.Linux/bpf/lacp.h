/* SPDX-License-Identifier: MIT */
/*
 * In 802.3ad the service handles slow-protocols frames. While it is late (killed, stopped or being replaced), the programs answer each
 * LACPDU of the partner with our last one. So a link stays in its group as long as its partner sends.
 */
#pragma once

#include <linux/pkt_cls.h>

#include "frame.h"
#include "maps.h"
#include "order.h"

#define SUBTYPE_LACP 1

/* System priority, system address and key in the actor and partner TLVs. */
#define ACTOR_OFFSET 18
#define PARTNER_OFFSET 38
#define IDENTITY_LENGTH 10

/*
 * Less than the fast period, so that every LACPDU of a partner is answered; long enough that two ends without a service do not flood each
 * other.
 */
#define ANSWER_PERIOD 900000000ULL

/* A whole frame and its padding in struct stored_lacpdu, in words of 64 bits. */
#define LACPDU_WORDS 16

struct lacpdu_copy {
	union {
		__u64 words[LACPDU_WORDS];
		__u8 frame[LACPDU_LENGTH];
	};
};

static __always_inline bool is_of_partner(struct __sk_buff *skb, const struct lacpdu_copy *stored)
{
	static const __u8 group[6] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x02 };
	__u8 destination[6];
	__u8 subtype;
	__u8 actor[IDENTITY_LENGTH];

	/*
	 * Must be untagged and addressed to the slow-protocols group, which bridges do not forward: only then it is from the other end of
	 * the cable.
	 */
	if (skb->vlan_present || bpf_skb_load_bytes(skb, 0, destination, sizeof(destination)) < 0)
		return false;
	for (int i = 0; i < 6; i++) {
		if (destination[i] != group[i])
			return false;
	}
	if (bpf_skb_load_bytes(skb, ETH_HEADER, &subtype, sizeof(subtype)) < 0 || subtype != SUBTYPE_LACP)
		return false;
	if (bpf_skb_load_bytes(skb, ACTOR_OFFSET, actor, sizeof(actor)) < 0)
		return false;
	for (int i = 0; i < IDENTITY_LENGTH; i++) {
		if (actor[i] != stored->frame[PARTNER_OFFSET + i])
			return false;
	}
	return true;
}

/*
 * Copies the frame if it is due. The service writes due = 0, then the frame, then due, with barriers in between. Here address
 * dependencies order the loads: the addresses of the frame's words depend on the first load of due, and the address of the second load of
 * due depends on all words. So a copy between two equal values of due is consistent on every processor.
 */
static __always_inline bool copy_due(const volatile struct stored_lacpdu *stored, __u64 now, struct lacpdu_copy *copy)
{
	__u64 due = stored->due;
	const volatile __u64 *words;
	__u64 seen = 0;

	if (due == 0 || now < due)
		return false;
	words = (const volatile void *)stored->frame + after(due);
	for (int i = 0; i < LACPDU_WORDS; i++) {
		copy->words[i] = words[i];
		seen ^= copy->words[i];
	}
	return *(const volatile __u64 *)((const volatile void *)&stored->due + after(seen)) == due;
}

/*
 * LACPDUs of a partner arrive in sequence, mostly on one processor. If two processors handle two at once, both may be answered, which
 * does no harm: the partner accepts the second copy like the first.
 */
static __always_inline int answer_slow_frame(struct __sk_buff *skb, __u32 slot)
{
	volatile struct stored_lacpdu *stored = bpf_map_lookup_elem(&stored_lacpdus, &slot);
	__u64 now = bpf_ktime_get_ns();
	struct lacpdu_copy copy;

	if (!stored || now < stored->answered + ANSWER_PERIOD || !copy_due(stored, now, &copy) || !is_of_partner(skb, &copy))
		return TC_ACT_SHOT;
	stored->answered = now;
	if (bpf_skb_change_tail(skb, LACPDU_LENGTH, 0) < 0 || bpf_skb_store_bytes(skb, 0, copy.frame, LACPDU_LENGTH, 0) < 0)
		return TC_ACT_SHOT;
	return bpf_redirect(skb->ifindex, 0);
}
