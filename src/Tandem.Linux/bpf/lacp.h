/* SPDX-License-Identifier: MIT */
/*
 * In 802.3ad control frames, those of the slow protocols, are the service's. While it is late, because it was killed, stopped or replaced,
 * each LACPDU of the partner gets our last one for an answer: so a link stays in its group for as long as its partner speaks.
 */
#pragma once

#include <linux/pkt_cls.h>

#include "frame.h"
#include "maps.h"

#define SUBTYPE_LACP 1

/* Priority and address of the system, and the key: in the part about the actor, and in the one about the partner. */
#define ACTOR_OFFSET 18
#define PARTNER_OFFSET 38
#define IDENTITY_LENGTH 10

/* Less than the fast period, so that none of a partner's LACPDUs goes unanswered; and two ends without services cannot chatter. */
#define ANSWER_PERIOD 900000000ULL

static __always_inline bool is_of_partner(struct __sk_buff *skb, const struct answer *answer)
{
	static const __u8 group[6] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x02 };
	__u8 destination[6];
	__u8 subtype;
	__u8 actor[IDENTITY_LENGTH];

	/* To the group that no bridge passes on, and without a tag: else it is not of who is at the other end of the cable. */
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
		if (actor[i] != answer->frame[PARTNER_OFFSET + i])
			return false;
	}
	return true;
}

static __always_inline int answer_slow_frame(struct __sk_buff *skb, __u32 slot)
{
	struct answer *answer = bpf_map_lookup_elem(&answers, &slot);
	__u64 now = bpf_ktime_get_ns();

	/* The frame is written before the time, which lies ahead then: once it has passed, the whole frame is there on any processor. */
	if (!answer || answer->due == 0 || now < answer->due || !is_of_partner(skb, answer))
		return TC_ACT_SHOT;
	answer->due = now + ANSWER_PERIOD;
	if (bpf_skb_change_tail(skb, LACPDU_LENGTH, 0) < 0 || bpf_skb_store_bytes(skb, 0, answer->frame, LACPDU_LENGTH, 0) < 0)
		return TC_ACT_SHOT;
	return bpf_redirect(skb->ifindex, 0);
}
