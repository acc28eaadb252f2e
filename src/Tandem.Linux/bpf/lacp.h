/* SPDX-License-Identifier: MIT */
/*
 * Slow-protocols frames are the service's. While it is late, because it was killed, stopped or replaced, each LACPDU of the partner gets our
 * last one for an answer: so a link stays in its group for as long as its partner speaks.
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
	__u8 subtype;
	__u8 actor[IDENTITY_LENGTH];

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

	if (!answer || answer->due == 0 || now < answer->due || !is_of_partner(skb, answer))
		return TC_ACT_SHOT;
	answer->due = now + ANSWER_PERIOD;
	if (bpf_skb_change_tail(skb, LACPDU_LENGTH, 0) < 0 || bpf_skb_store_bytes(skb, 0, answer->frame, LACPDU_LENGTH, 0) < 0)
		return TC_ACT_SHOT;
	return bpf_redirect(skb->ifindex, 0);
}
