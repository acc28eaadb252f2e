/* SPDX-License-Identifier: MIT */
/*
 * Keys of layer2+3 and layer3+4: from the outermost IP header or, for ICMP errors, from the packet inside the error, so that an
 * error takes the path of its flow. IPv6 extension headers are not followed.
 */
#pragma once

#include "keys.h"

#define NO_PROTOCOL (-1)

/* Reads one IP header. The protocol of a fragment is NO_PROTOCOL, since not every fragment has the ports. */
static __always_inline bool read_ip(struct __sk_buff *skb, __u16 type, __u32 *offset, int *protocol, struct keys *keys)
{
	if (type == TYPE_IP4) {
		struct ip4 ip;

		if (bpf_skb_load_bytes(skb, *offset, &ip, IP4_HEADER) < 0)
			return false;
		keys->address_fold = ip.addresses[0] ^ ip.addresses[1];
		*protocol = bpf_ntohs(ip.fragment) & FRAGMENT_BITS ? NO_PROTOCOL : ip.protocol;
		*offset += (ip.version_length & 0x0f) * 4;
		return true;
	}
	if (type == TYPE_IP6) {
		struct ip6 ip;

		if (bpf_skb_load_bytes(skb, *offset, &ip, IP6_HEADER) < 0)
			return false;
		keys->address_fold = fold6(ip.addresses);
		*protocol = ip.next_header;
		*offset += IP6_HEADER;
		return true;
	}
	return false;
}

/* False if the frame cannot be parsed. */
static __always_inline bool read_outer(struct __sk_buff *skb, const struct ethernet *eth, bool with_ports, struct keys *keys)
{
	__u32 offset = eth->payload;
	int protocol;

	if (!read_ip(skb, eth->type, &offset, &protocol, keys))
		return false;
	if (protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMP6) {
		if (!read_icmp(skb, offset, protocol, keys))
			return true;
		offset += sizeof(struct icmp);
		if (!read_ip(skb, eth->type, &offset, &protocol, keys))
			return false;
	}
	if (with_ports && protocol != NO_PROTOCOL)
		read_ports(skb, offset, protocol, keys);
	return true;
}
