/* SPDX-License-Identifier: MIT */
/*
 * What most frames are: TCP or UDP right behind an IPv4 header without options, and no tag in the frame. Such a frame is read in one piece.
 */
#pragma once

#include "keys.h"

#define USUAL_LENGTH (ETH_HEADER + IP4_HEADER + 4)

struct usual {
	__u16 unused; /* so that words of the IP header are aligned */
	__u8 destination[6];
	__u8 source[6];
	__be16 type;
	struct ip4 ip;
	__u32 ports;
};

static __always_inline bool read_usual(struct __sk_buff *skb, struct usual *usual)
{
	/* What the stack says of the frame is a hint, so as not to read others twice; the frame has the last word. */
	return skb->protocol == bpf_htons(TYPE_IP4) &&
	       bpf_skb_load_bytes(skb, 0, usual->destination, USUAL_LENGTH) == 0 && usual->type == bpf_htons(TYPE_IP4) &&
	       usual->ip.version_length == 0x45 && (usual->ip.fragment & bpf_htons(FRAGMENT_BITS)) == 0 &&
	       (usual->ip.protocol == PROTOCOL_TCP || usual->ip.protocol == PROTOCOL_UDP);
}
