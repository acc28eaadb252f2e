/* SPDX-License-Identifier: MIT */
/*
 * balance-tlb and balance-alb: a table picks the member for frames with the bond's source address; they leave with the member's address.
 * ARP gives each IPv4 peer the address of the member to send to. Same behaviour as BucketChoice in C#.
 */
#pragma once

#include "control.h"
#include "hash.h"
#include "maps.h"

#define NO_BUCKET BUCKETS
#define BROADCAST_ADDRESS 0xffffffffffffULL
#define ALL_NODES 0x333300000001ULL
#define GROUP_BIT 0x010000000000ULL

#define ARP_LENGTH 28
#define ARP_SENDER_MAC 8
#define ARP_REQUEST 1
#define ARP_REPLY 2

/*
 * The choice for a frame of the host, packed into one word to limit the verifier's states: the index in transmit, the bucket (NO_BUCKET if
 * the frame is not balanced, or balanced without a table), and the offset of the sender's address in ARP that has to be changed.
 */
#define CHOICE_PLACE(choice) ((choice) & (MAX_MEMBERS - 1))
#define CHOICE_BUCKET(choice) ((choice) >> 8 & 0x1ff)
#define CHOICE_ARP(choice) ((choice) >> 20 & 0x3f)
#define CHOICE(place, bucket) ((__u32)(place) | (__u32)(bucket) << 8)
#define WITH_ARP(offset) ((__u32)(offset) << 20)
#define CHANGES (1u << 28) /* the frame leaves with the member's address */
#define IS_HASHED (1u << 29) /* index and bucket are still to be computed from the flow's hash */
#define TELLS_ALL (1u << 30) /* broadcast ARP, which gives all peers the same address */

/* ARP for IPv4 over Ethernet (RFC 826). */
struct arp {
	__be16 hardware;
	__be16 protocol;
	__u8 hardware_length;
	__u8 protocol_length;
	__be16 operation;
	__u8 sender_mac[6];
	__u8 sender[4];
	__u8 target_mac[6];
	__u8 target[4];
};

static __always_inline __u64 address_of(const __u8 *octets)
{
	return (__u64)octets[0] << 40 | (__u64)octets[1] << 32 | (__u64)octets[2] << 24 | (__u64)octets[3] << 16 | octets[4] << 8 | octets[5];
}

static __always_inline void write_address(struct __sk_buff *skb, __u32 offset, __u64 address)
{
	__u8 octets[6] = { address >> 40, address >> 32, address >> 24, address >> 16, address >> 8, address };

	bpf_skb_store_bytes(skb, offset, octets, sizeof(octets), 0);
}

static __always_inline __u8 fold_octets(__u32 word)
{
	word ^= word >> 16;
	return word ^ word >> 8;
}

static __always_inline bool is_balanced4(bool has_peers, __u64 destination, const struct ip4 *ip)
{
	if (!has_peers)
		return !(destination & GROUP_BIT);
	return destination != BROADCAST_ADDRESS && ip->protocol != PROTOCOL_IGMP && ip->addresses[1] != 0xffffffff;
}

static __always_inline bool is_balanced6(struct __sk_buff *skb, bool has_peers, __u64 destination, const struct ip6 *ip, __u32 packet)
{
	if (ip->next_header == PROTOCOL_ICMP6 && is_neighbor_discovery(skb, packet))
		return false;
	if (!has_peers)
		return !(destination & GROUP_BIT);
	return destination != BROADCAST_ADDRESS && destination != ALL_NODES &&
	       (ip->addresses[0] | ip->addresses[1] | ip->addresses[2] | ip->addresses[3]);
}

static __always_inline __u32 choose_by_peer(const volatile struct bucket_rule *rule, bool is_by_peer, __u8 peer)
{
	if (!is_by_peer)
		return CHOICE(0, NO_BUCKET) | CHANGES | IS_HASHED;
	return CHOICE(rule->buckets[peer], peer) | CHANGES;
}

static __always_inline __u32 choose_by_hash(const volatile struct bucket_rule *rule, __u32 count, __u32 hash)
{
	if (!rule->has_buckets)
		return CHOICE(hash % count, NO_BUCKET) | CHANGES;
	hash &= BUCKETS - 1;
	return CHOICE(rule->buckets[hash], hash) | CHANGES;
}

/* Gratuitous ARP and ARP probes (sender 0.0.0.0) are left to the active member. */
static __always_inline __u32 choose_for_arp(struct __sk_buff *skb, const volatile struct bucket_rule *rule, __u64 address, __u32 unbalanced,
					    __u64 destination, __u32 packet)
{
	__u32 sender, target, choice;
	struct arp arp;

	if (bpf_skb_load_bytes(skb, packet, &arp, ARP_LENGTH) < 0)
		return unbalanced;
	if (arp.hardware != bpf_htons(1) || arp.protocol != bpf_htons(TYPE_IP4) || arp.hardware_length != 6 || arp.protocol_length != 4)
		return unbalanced;
	if (arp.operation != bpf_htons(ARP_REQUEST) && arp.operation != bpf_htons(ARP_REPLY))
		return unbalanced;
	__builtin_memcpy(&sender, arp.sender, sizeof(sender));
	__builtin_memcpy(&target, arp.target, sizeof(target));
	if (address_of(arp.sender_mac) != address || sender == 0)
		return unbalanced;
	if (sender == target)
		return destination & GROUP_BIT ? unbalanced | TELLS_ALL : unbalanced;
	choice = CHOICE(rule->peers[fold_octets(target)], NO_BUCKET) | CHANGES | WITH_ARP(packet + ARP_SENDER_MAC);
	if (arp.operation == bpf_htons(ARP_REQUEST) && destination & GROUP_BIT)
		choice |= TELLS_ALL;
	return choice;
}

/* Sets seen to a value that depends on all fields of the rule that were read but are not part of the choice; see order.h. */
static __always_inline __u32 choose(struct __sk_buff *skb, const volatile struct bucket_rule *rule, __u64 *seen)
{
	__u64 address = rule->address;
	__u16 has_buckets = rule->has_buckets, has_peers = rule->has_peers;
	__u32 unbalanced = CHOICE(rule->active, NO_BUCKET);
	const __u8 *start = with_ip4(skb);
	struct ethernet eth;
	__u64 destination;
	struct ip4 ip4;
	struct ip6 ip6;

	*seen = address ^ has_buckets ^ has_peers ^ unbalanced;
	/* Most frames, read in place. */
	if (start) {
		if (address_of(start + 6) != address || !is_balanced4(has_peers, address_of(start), ip4_of(start)))
			return unbalanced;
		return choose_by_peer(rule, has_buckets && has_peers, fold_octets(ip4_of(start)->addresses[1]));
	}
	if (!read_ethernet(skb, &eth) || address_of(eth.source) != address)
		return unbalanced;
	destination = address_of(eth.destination);
	if (eth.type == TYPE_ARP && has_peers)
		return choose_for_arp(skb, rule, address, unbalanced, destination, eth.payload);
	if (eth.type == TYPE_IP4 && bpf_skb_load_bytes(skb, eth.payload, &ip4, IP4_HEADER) == 0) {
		if (is_balanced4(has_peers, destination, &ip4))
			return choose_by_peer(rule, has_buckets && has_peers, fold_octets(ip4.addresses[1]));
	} else if (eth.type == TYPE_IP6 && bpf_skb_load_bytes(skb, eth.payload, &ip6, IP6_HEADER) == 0) {
		if (is_balanced6(skb, has_peers, destination, &ip6, eth.payload))
			return choose_by_peer(rule, has_buckets && has_peers,
					      fold_octets(ip6.addresses[4] ^ ip6.addresses[5] ^ ip6.addresses[6] ^ ip6.addresses[7]));
	}
	return unbalanced;
}

/* Writes the member's address into the frame, and counts the frame. */
static __always_inline void readdress(struct __sk_buff *skb, __u32 choice, __u64 source, __u32 length)
{
	struct load *load = this_load();
	__u32 bucket = CHOICE_BUCKET(choice);

	if (load && bucket <= NO_BUCKET)
		load->bytes[bucket] += length;
	if (load && choice & TELLS_ALL)
		load->told_all++;
	if (!(choice & CHANGES))
		return;
	write_address(skb, 6, source);
	if (CHOICE_ARP(choice))
		write_address(skb, CHOICE_ARP(choice), source);
}

static __always_inline __u64 destination_of(struct __sk_buff *skb)
{
	__u8 octets[6];

	return bpf_skb_load_bytes(skb, 0, octets, sizeof(octets)) < 0 ? 0 : address_of(octets);
}

static __always_inline bool is_station(const volatile struct bucket_rule *rule, __u64 destination)
{
	for (__u32 i = 0; i < rule->station_count && i < MAX_MEMBERS; i++) {
		if (rule->stations[i] == destination)
			return true;
	}
	return false;
}

/* Whether a frame is delivered. A destination that is a member's address is replaced by the bond's. */
static __always_inline bool deliver_to_bond(struct __sk_buff *skb, const volatile struct bucket_rule *rule, __u32 slot, bool delivers)
{
	__u64 destination = destination_of(skb);
	bool is_member = is_station(rule, destination);

	if (rule->deliver_to_station >> slot & 1)
		delivers = delivers || is_member || destination == rule->address;
	if (delivers && is_member)
		write_address(skb, 0, rule->address);
	return delivers;
}
