/* SPDX-License-Identifier: MIT */
/* Classifies control frames, like ControlClass in C#. */
#pragma once

#include "frame.h"
#include "plan.h"

#define ICMP6_SOLICITATION 135
#define ICMP6_ADVERTISEMENT 136
#define IP6_HEADER_LENGTH 40
#define IP6_NEXT_HEADER 6

static __always_inline bool is_neighbor_discovery(struct __sk_buff *skb, __u32 packet)
{
	__u8 protocol, type;

	if (bpf_skb_load_bytes(skb, packet + IP6_NEXT_HEADER, &protocol, 1) < 0 || protocol != PROTOCOL_ICMP6)
		return false;
	if (bpf_skb_load_bytes(skb, packet + IP6_HEADER_LENGTH, &type, 1) < 0)
		return false;
	return type == ICMP6_SOLICITATION || type == ICMP6_ADVERTISEMENT;
}

/* Skips up to two tags; the outermost may be in the metadata. */
static __always_inline __u16 control_kind(struct __sk_buff *skb)
{
	__u16 type = bpf_ntohs(skb->protocol);
	__u32 packet = ETH_HEADER;
	__be16 inner;

	if (type == TYPE_SLOW)
		return HEARS_SLOW_PROTOCOLS;
	for (__u32 tag = skb->vlan_present ? 1 : 0; tag < 2; tag++) {
		if (!is_vlan(type))
			break;
		if (bpf_skb_load_bytes(skb, packet + 2, &inner, 2) < 0)
			return 0;
		type = bpf_ntohs(inner);
		packet += TAG_LENGTH;
	}
	if (type == TYPE_ARP)
		return HEARS_ARP;
	return type == TYPE_IP6 && is_neighbor_discovery(skb, packet) ? HEARS_NEIGHBOR_DISCOVERY : 0;
}
