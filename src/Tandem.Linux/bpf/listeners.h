/* SPDX-License-Identifier: MIT */
/*
 * EtherTypes for which programs may listen on a member itself: LLDP, 802.1X, PTP, spanning tree. Sockets are behind the ingress hook, so
 * these frames are also passed on to the stack. Excluded are protocols that the host's own stack would accept from the member, and
 * bulk traffic. The nftables guard lets the same EtherTypes through (ListenerRules.cs).
 */
#pragma once

#include "frame.h"

static __always_inline bool may_have_listeners(const struct __sk_buff *skb)
{
	/* Tagged in the metadata. */
	if (skb->vlan_present)
		return false;
	switch (bpf_ntohs(skb->protocol)) {
	case TYPE_IP4:
	case TYPE_IP6:
	case TYPE_ARP:
	case TYPE_REVERSE_ARP:
	case TYPE_VLAN:
	case TYPE_SERVICE_VLAN:
	case TYPE_MPLS:
	case TYPE_MPLS_MULTICAST:
	case TYPE_PPPOE_SESSION:
	case TYPE_ATA:
	case TYPE_FCOE:
	case TYPE_TIPC:
	case TYPE_MACSEC:
		return false;
	default:
		return true;
	}
}
