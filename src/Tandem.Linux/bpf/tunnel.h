/* SPDX-License-Identifier: MIT */
/*
 * Keys of encap2+3 and encap3+4: from the innermost IP header inside IP-in-IP, GRE, PPTP, PPPoE and VLAN tags. Follows IPv6
 * extension headers. Does not look into tunnels over UDP, nor into ICMP errors.
 */
#pragma once

#include "keys.h"

/* Maximum number of headers followed, as in the driver. */
#define MAX_HEADERS 15

#define FCOE_HEADER 38
#define PTP_HEADER 34
#define GRE_CHECKSUM 0x8000
#define GRE_ROUTING 0x4000
#define GRE_KEY 0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_ACKNOWLEDGEMENT 0x0080
#define GRE_VERSION 7

/* What the walk reads next. */
enum next {
	NEXT_NETWORK, /* a header identified by an EtherType */
	NEXT_TRANSPORT, /* a header identified by an IP protocol */
	NEXT_KEYS, /* a transport header with ports, SPI or ICMP identifier, identified by an IP protocol */
	NEXT_COMPLETE, /* nothing: the keys are complete */
	NEXT_UNKNOWN, /* nothing: the next header is unknown or cut off */
};

enum address {
	ADDRESS_NONE,
	ADDRESS_IP4,
	ADDRESS_IP6,
};

/* State of the walk: the header at offset, and the innermost IP header so far. */
union walk {
	struct {
		__u16 offset;
		__u16 type;
		__u16 ip_offset;
		__u8 protocol;
		__u8 next : 4;
		__u8 address : 4;
	};
	__u64 word;
};

static __always_inline bool read_word(struct __sk_buff *skb, __u32 offset, __u16 *word)
{
	__be16 raw;

	if (bpf_skb_load_bytes(skb, offset, &raw, sizeof(raw)) < 0)
		return false;
	*word = bpf_ntohs(raw);
	return true;
}

static __always_inline enum next walk_ip4(struct __sk_buff *skb, union walk *walk)
{
	struct ip4 ip;
	__u16 length;

	if (bpf_skb_load_bytes(skb, walk->offset, &ip, IP4_HEADER) < 0)
		return NEXT_UNKNOWN;
	length = (ip.version_length & 0x0f) * 4;
	if (length < IP4_HEADER)
		return NEXT_UNKNOWN;
	walk->address = ADDRESS_IP4;
	walk->ip_offset = walk->offset;
	walk->offset += length;
	walk->protocol = ip.protocol;
	return bpf_ntohs(ip.fragment) & FRAGMENT_BITS ? NEXT_COMPLETE : NEXT_TRANSPORT;
}

static __always_inline enum next walk_ip6(struct __sk_buff *skb, union walk *walk)
{
	struct ip6 ip;

	if (bpf_skb_load_bytes(skb, walk->offset, &ip, IP6_HEADER) < 0)
		return NEXT_UNKNOWN;
	walk->address = ADDRESS_IP6;
	walk->ip_offset = walk->offset;
	walk->offset += IP6_HEADER;
	walk->protocol = ip.next_header;
	return NEXT_TRANSPORT;
}

static __always_inline enum next walk_tag(struct __sk_buff *skb, union walk *walk)
{
	__u16 type;

	if (!read_word(skb, walk->offset + 2, &type))
		return NEXT_UNKNOWN;
	walk->type = type;
	walk->offset += TAG_LENGTH;
	return NEXT_NETWORK;
}

static __always_inline __u16 type_of_ppp(__u16 protocol)
{
	switch (protocol) {
	case 0x0021:
		return TYPE_IP4;
	case 0x0057:
		return TYPE_IP6;
	case 0x0281:
		return TYPE_MPLS;
	case 0x0283:
		return TYPE_MPLS_MULTICAST;
	default:
		return 0;
	}
}

/* A PPPoE session header (RFC 2516) and the PPP protocol number, which may be compressed to one byte. */
static __always_inline enum next walk_pppoe(struct __sk_buff *skb, union walk *walk)
{
	struct {
		__be16 version_type_code;
		__be16 session;
		__be16 length;
		__be16 protocol;
	} header;
	__u16 protocol;
	bool compressed;

	if (bpf_skb_load_bytes(skb, walk->offset, &header, sizeof(header)) < 0 || bpf_ntohs(header.version_type_code) != 0x1100)
		return NEXT_UNKNOWN;
	protocol = bpf_ntohs(header.protocol);
	compressed = protocol & 0x0100;
	if (compressed)
		protocol >>= 8;
	walk->offset += compressed ? sizeof(header) - 1 : sizeof(header);
	walk->type = type_of_ppp(protocol);
	if (walk->type != 0)
		return NEXT_NETWORK;
	/* A valid number has an odd last byte and an even first byte (RFC 1661). */
	return (protocol & 0x0101) == 0x0001 ? NEXT_COMPLETE : NEXT_UNKNOWN;
}

static __always_inline enum next walk_network(struct __sk_buff *skb, union walk *walk)
{
	switch (walk->type) {
	case TYPE_IP4:
		return walk_ip4(skb, walk);
	case TYPE_IP6:
		return walk_ip6(skb, walk);
	case TYPE_VLAN:
	case TYPE_SERVICE_VLAN:
		return walk_tag(skb, walk);
	case TYPE_PPPOE_SESSION:
		return walk_pppoe(skb, walk);
	/* Known protocols that contain no keys. */
	case TYPE_ARP:
	case TYPE_REVERSE_ARP:
	case TYPE_MPLS:
	case TYPE_MPLS_MULTICAST:
		return NEXT_COMPLETE;
	case TYPE_PTP:
		return has(skb, walk->offset, PTP_HEADER) ? NEXT_COMPLETE : NEXT_UNKNOWN;
	case TYPE_FCOE:
		return has(skb, walk->offset, FCOE_HEADER) ? NEXT_COMPLETE : NEXT_UNKNOWN;
	default:
		return NEXT_UNKNOWN;
	}
}

/* PPP inside GRE (RFC 2637): address, control, protocol number. */
static __always_inline enum next walk_pptp(struct __sk_buff *skb, union walk *walk)
{
	__u16 protocol;

	if (!read_word(skb, walk->offset + 2, &protocol))
		return NEXT_UNKNOWN;
	walk->type = type_of_ppp(protocol);
	if (walk->type != TYPE_IP4 && walk->type != TYPE_IP6)
		walk->type = 0;
	walk->offset += 4;
	return NEXT_NETWORK;
}

static __always_inline enum next walk_inner_ethernet(struct __sk_buff *skb, union walk *walk)
{
	__u16 type;

	if (!read_word(skb, walk->offset + ETH_HEADER - 2, &type))
		return NEXT_UNKNOWN;
	walk->type = type;
	walk->offset += ETH_HEADER;
	return NEXT_NETWORK;
}

/* GRE (RFC 2784, RFC 2890) and its variant of PPTP (RFC 2637). */
static __always_inline enum next walk_gre(struct __sk_buff *skb, union walk *walk)
{
	struct {
		__be16 flags;
		__be16 type;
	} header;
	__u16 flags;
	__u16 length = sizeof(header);
	bool pptp;

	if (bpf_skb_load_bytes(skb, walk->offset, &header, sizeof(header)) < 0)
		return NEXT_UNKNOWN;
	flags = bpf_ntohs(header.flags);
	walk->type = bpf_ntohs(header.type);
	pptp = (flags & GRE_VERSION) == 1;
	if ((flags & GRE_VERSION) > 1 || (flags & GRE_ROUTING))
		return NEXT_COMPLETE;
	if (pptp && (walk->type != TYPE_PPTP_PPP || !(flags & GRE_KEY)))
		return NEXT_COMPLETE;
	if (flags & GRE_CHECKSUM)
		length += 4;
	if (flags & GRE_KEY) {
		if (!has(skb, walk->offset + length, 4))
			return NEXT_UNKNOWN;
		length += 4;
	}
	if (flags & GRE_SEQUENCE)
		length += 4;
	if (pptp && (flags & GRE_ACKNOWLEDGEMENT))
		length += 4;
	walk->offset += length;
	if (pptp)
		return walk_pptp(skb, walk);
	return walk->type == TYPE_TRANSPARENT_BRIDGING ? walk_inner_ethernet(skb, walk) : NEXT_NETWORK;
}

static __always_inline enum next walk_extension(struct __sk_buff *skb, union walk *walk)
{
	struct {
		__u8 next;
		__u8 length;
	} header;

	if (bpf_skb_load_bytes(skb, walk->offset, &header, sizeof(header)) < 0)
		return NEXT_UNKNOWN;
	walk->protocol = header.next;
	walk->offset += (header.length + 1) * 8;
	return NEXT_TRANSPORT;
}

static __always_inline enum next walk_transport(struct __sk_buff *skb, union walk *walk)
{
	switch (walk->protocol) {
	case PROTOCOL_GRE:
		return walk_gre(skb, walk);
	case PROTOCOL_IP4:
		walk->type = TYPE_IP4;
		return NEXT_NETWORK;
	case PROTOCOL_IP6:
		walk->type = TYPE_IP6;
		return NEXT_NETWORK;
	case PROTOCOL_MPLS:
		walk->type = TYPE_MPLS;
		return NEXT_NETWORK;
	case PROTOCOL_HOP_BY_HOP:
	case PROTOCOL_ROUTING:
	case PROTOCOL_DESTINATION:
		return walk->type == TYPE_IP6 ? walk_extension(skb, walk) : NEXT_KEYS;
	case PROTOCOL_FRAGMENT:
		if (walk->type != TYPE_IP6)
			return NEXT_KEYS;
		return has(skb, walk->offset, 8) ? NEXT_COMPLETE : NEXT_UNKNOWN;
	default:
		return NEXT_KEYS;
	}
}

/*
 * The walk's state is kept in a map between two steps, because the verifier does not track map contents. So it verifies a step once per
 * header, not once for each of the millions of paths that lead to it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} walks SEC(".maps");

static __attribute__((noinline)) __u64 walk_header(struct __sk_buff *skb, __u64 state)
{
	union walk walk = { .word = state };

	walk.next = walk.next == NEXT_NETWORK ? walk_network(skb, &walk) : walk_transport(skb, &walk);
	return walk.word;
}

static __always_inline void read_addresses(struct __sk_buff *skb, union walk walk, struct keys *keys)
{
	struct ip4 ip4;
	struct ip6 ip6;

	if (walk.address == ADDRESS_IP4 && bpf_skb_load_bytes(skb, walk.ip_offset, &ip4, IP4_HEADER) == 0)
		keys->address_fold = ip4.addresses[0] ^ ip4.addresses[1];
	else if (walk.address == ADDRESS_IP6 && bpf_skb_load_bytes(skb, walk.ip_offset, &ip6, IP6_HEADER) == 0)
		keys->address_fold = fold6(ip6.addresses);
}

/* False if the frame cannot be parsed. */
static __always_inline bool read_tunnel(struct __sk_buff *skb, const struct ethernet *eth, struct keys *keys)
{
	union walk walk = { .offset = eth->payload, .type = eth->type };
	__u32 here = 0;
	volatile __u64 *kept = bpf_map_lookup_elem(&walks, &here);

	if (!kept)
		return false;
	*kept = walk.word;
	for (int headers = 0; headers < MAX_HEADERS; headers++) {
		walk.word = *kept;
		if (walk.next > NEXT_TRANSPORT)
			break;
		*kept = walk_header(skb, walk.word);
	}
	walk.word = *kept;
	read_addresses(skb, walk, keys);
	if (walk.next == NEXT_KEYS && (walk.protocol == PROTOCOL_ICMP || walk.protocol == PROTOCOL_ICMP6))
		read_icmp(skb, walk.offset, walk.protocol, keys);
	else if (walk.next == NEXT_KEYS)
		read_ports(skb, walk.offset, walk.protocol, keys);
	return walk.next != NEXT_UNKNOWN;
}
