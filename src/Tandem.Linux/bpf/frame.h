/* SPDX-License-Identifier: MIT */
/* Reads frames by the kernel's bounds-checked helper. Only usual.h reads in place, with its own checks. */
#pragma once

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ETH_HEADER 14
#define TAG_LENGTH 4

#define TYPE_IP4 0x0800
#define TYPE_ARP 0x0806
#define TYPE_TRANSPARENT_BRIDGING 0x6558
#define TYPE_REVERSE_ARP 0x8035
#define TYPE_VLAN 0x8100
#define TYPE_IP6 0x86dd
#define TYPE_SLOW 0x8809
#define TYPE_PPTP_PPP 0x880b
#define TYPE_MPLS 0x8847
#define TYPE_MPLS_MULTICAST 0x8848
#define TYPE_PPPOE_SESSION 0x8864
#define TYPE_SERVICE_VLAN 0x88a8
#define TYPE_PTP 0x88f7
#define TYPE_FCOE 0x8906
#define TYPE_ATA 0x88a2
#define TYPE_TIPC 0x88ca
#define TYPE_MACSEC 0x88e5

#define PROTOCOL_HOP_BY_HOP 0
#define PROTOCOL_ICMP 1
#define PROTOCOL_IGMP 2
#define PROTOCOL_IP4 4
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_DCCP 33
#define PROTOCOL_IP6 41
#define PROTOCOL_ROUTING 43
#define PROTOCOL_FRAGMENT 44
#define PROTOCOL_GRE 47
#define PROTOCOL_ESP 50
#define PROTOCOL_AH 51
#define PROTOCOL_ICMP6 58
#define PROTOCOL_DESTINATION 60
#define PROTOCOL_SCTP 132
#define PROTOCOL_UDP_LITE 136
#define PROTOCOL_MPLS 137

/* The Ethernet header as policies use it, without the outermost VLAN tag, wherever that is. */
struct ethernet {
	__u8 destination[6];
	__u8 source[6];
	__u16 type; /* EtherType behind the tag, in host byte order */
	__u16 tag_control; /* 0 without a tag */
	__u32 payload; /* offset of the payload */
};

static __always_inline bool is_vlan(__u16 type)
{
	return type == TYPE_VLAN || type == TYPE_SERVICE_VLAN;
}

static __always_inline bool has(const struct __sk_buff *skb, __u32 offset, __u32 count)
{
	return offset + count <= skb->len;
}

/*
 * The tag of a VLAN device is in the metadata, that of a packet socket in the frame. Both are treated alike, since the service reads
 * both from the TAP device in the same form.
 */
static __always_inline bool read_ethernet(struct __sk_buff *skb, struct ethernet *eth)
{
	struct {
		__u8 addresses[12];
		__be16 type;
	} header;
	struct {
		__be16 control;
		__be16 type;
	} tag;

	if (bpf_skb_load_bytes(skb, 0, &header, ETH_HEADER) < 0)
		return false;
	__builtin_memcpy(eth->destination, header.addresses, 6);
	__builtin_memcpy(eth->source, header.addresses + 6, 6);
	eth->type = bpf_ntohs(header.type);
	eth->tag_control = 0;
	eth->payload = ETH_HEADER;
	if (skb->vlan_present) {
		eth->tag_control = skb->vlan_tci;
	} else if (is_vlan(eth->type) && bpf_skb_load_bytes(skb, ETH_HEADER, &tag, TAG_LENGTH) == 0) {
		eth->tag_control = bpf_ntohs(tag.control);
		eth->type = bpf_ntohs(tag.type);
		eth->payload = ETH_HEADER + TAG_LENGTH;
	}
	return true;
}
