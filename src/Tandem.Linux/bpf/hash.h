/* SPDX-License-Identifier: MIT */
/* The flow hash, bit for bit that of the Linux driver on a little-endian machine. */
#pragma once

#include "outer.h"
#include "plan.h"
#include "tunnel.h"
#include "usual.h"

/* Mixes the upper bytes into the lowest one, which matters most for the modulus. */
static __always_inline __u32 mix(__u32 hash)
{
	hash ^= hash >> 16;
	return hash ^ (hash >> 8);
}

static __always_inline __u32 hash_of_vlan(const struct ethernet *eth)
{
	const __u8 *mac = eth->source;

	return eth->tag_control ^ (mac[0] << 16 | mac[1] << 8 | mac[2]) ^ (mac[3] << 16 | mac[4] << 8 | mac[5]);
}

static __always_inline __u32 combine(__u32 policy, __u32 layer2, const struct keys *keys)
{
	if (policy == POLICY_LAYER23 || policy == POLICY_ENCAP23)
		return mix(layer2 ^ keys->address_fold);
	/* Drops the lowest bit: many programs use ports of one parity only. */
	return mix(keys->transport_word ^ keys->address_fold) >> 1;
}

/* All policies with addresses and ports find the same keys in such a frame. */
static __always_inline __u32 hash_of_usual(const __u8 *start, __u32 policy)
{
	const struct ip4 *ip = ip4_of(start);
	struct keys keys = { ip->addresses[0] ^ ip->addresses[1], *(const __u32 *)(ip + 1) };

	/* The last bytes of both Ethernet addresses, as in layer2. */
	return combine(policy, start[5] ^ start[11] ^ TYPE_IP4, &keys);
}

static __always_inline bool looks_behind_ethernet(__u32 policy)
{
	return policy != POLICY_LAYER2 && policy != POLICY_VLAN_SRCMAC;
}

/* A frame shorter than an Ethernet header hashes to 0; a frame that a policy cannot parse is hashed as layer2. */
static __always_inline __u32 hash_of(struct __sk_buff *skb, __u32 policy)
{
	const __u8 *start = with_ip4(skb);
	struct ethernet eth;
	struct keys keys = {};
	bool understood = false;
	__u32 layer2;

	if (start && looks_behind_ethernet(policy) && is_usual(start))
		return hash_of_usual(start, policy);
	if (!read_ethernet(skb, &eth))
		return 0;
	if (policy == POLICY_VLAN_SRCMAC)
		return hash_of_vlan(&eth);
	layer2 = eth.destination[5] ^ eth.source[5] ^ eth.type;
	if (policy == POLICY_LAYER23 || policy == POLICY_LAYER34)
		understood = read_outer(skb, &eth, policy == POLICY_LAYER34, &keys);
	else if (policy == POLICY_ENCAP23 || policy == POLICY_ENCAP34)
		understood = read_tunnel(skb, &eth, &keys);
	return understood ? combine(policy, layer2, &keys) : layer2;
}
