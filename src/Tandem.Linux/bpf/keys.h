/* SPDX-License-Identifier: MIT */
/* The keys of a hash, and parsing of IP and transport headers that policies share. */
#pragma once

#include "frame.h"

#define IP4_HEADER 20
#define IP6_HEADER 40
#define FRAGMENT_BITS 0x3fff

/* Words are little-endian, as in the driver on x86 and ARM. */
struct keys {
	__u32 address_fold; /* exclusive or of the words of both addresses */
	__u32 transport_word; /* ports, SPI, or ICMP type, code and identifier */
};

struct ip4 {
	__u8 version_length;
	__u8 service;
	__be16 length;
	__be16 identification;
	__be16 fragment;
	__u8 ttl;
	__u8 protocol;
	__be16 checksum;
	__u32 addresses[2];
};

struct ip6 {
	__be32 version_class_flow;
	__be16 length;
	__u8 next_header;
	__u8 hop_limit;
	__u32 addresses[8];
};

struct icmp {
	__u8 type;
	__u8 code;
	__be16 checksum;
	__be16 identifier;
	__be16 sequence;
};

static __always_inline __u32 fold6(const __u32 *words)
{
	return words[0] ^ words[1] ^ words[2] ^ words[3] ^ words[4] ^ words[5] ^ words[6] ^ words[7];
}

/* Extracts ports or SPI, if the protocol has them and the frame contains them. The SPI is the second word of AH. */
static __always_inline void read_ports(struct __sk_buff *skb, __u32 offset, __u8 protocol, struct keys *keys)
{
	__u32 word;

	switch (protocol) {
	case PROTOCOL_AH:
		offset += 4;
		break;
	case PROTOCOL_TCP:
	case PROTOCOL_UDP:
	case PROTOCOL_DCCP:
	case PROTOCOL_SCTP:
	case PROTOCOL_UDP_LITE:
	case PROTOCOL_ESP:
		break;
	default:
		return;
	}
	if (bpf_skb_load_bytes(skb, offset, &word, sizeof(word)) == 0)
		keys->transport_word = word;
}

static __always_inline bool has_identifier(__u8 type)
{
	return type == 0 || type == 8 || type == 13 || type == 14 || type == 128 || type == 129;
}

static __always_inline bool is_icmp_error(__u8 protocol, __u8 type)
{
	if (protocol == PROTOCOL_ICMP)
		return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
	return type >= 1 && type <= 4;
}

/* Extracts the identifier of a message that has one. True if the message is an error with a packet behind its header. */
static __always_inline bool read_icmp(struct __sk_buff *skb, __u32 offset, __u8 protocol, struct keys *keys)
{
	struct icmp icmp;

	if (bpf_skb_load_bytes(skb, offset, &icmp, sizeof(icmp)) < 0)
		return false;
	if (has_identifier(icmp.type)) {
		__u32 identifier = bpf_ntohs(icmp.identifier);

		/* Identifier 0 would read as no identifier. */
		if (identifier == 0)
			identifier = 1;
		keys->transport_word = icmp.type | (__u32)icmp.code << 8 | identifier << 16;
		return false;
	}
	return is_icmp_error(protocol, icmp.type);
}
