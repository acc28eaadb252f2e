/* SPDX-License-Identifier: MIT */
/* Fast parsing of most frames: TCP or UDP over IPv4 without options and tags is read in place, without a helper call. */
#pragma once

#include "keys.h"

#define USUAL_LENGTH (ETH_HEADER + IP4_HEADER + 4)

/* The Ethernet header, if an IPv4 header and ports follow it in linear memory; otherwise NULL. */
static __always_inline const __u8 *with_ip4(const struct __sk_buff *skb)
{
	const __u8 *start = (const void *)(long)skb->data;

	if (start + USUAL_LENGTH > (const __u8 *)(long)skb->data_end || *(const __be16 *)(start + 12) != bpf_htons(TYPE_IP4))
		return NULL;
	return start;
}

static __always_inline const struct ip4 *ip4_of(const __u8 *start)
{
	return (const struct ip4 *)(start + ETH_HEADER);
}

static __always_inline bool is_usual(const __u8 *start)
{
	const struct ip4 *ip = ip4_of(start);

	return ip->version_length == 0x45 && (ip->fragment & bpf_htons(FRAGMENT_BITS)) == 0 &&
	       (ip->protocol == PROTOCOL_TCP || ip->protocol == PROTOCOL_UDP);
}
