/* SPDX-License-Identifier: MIT */
/*
 * Programs that listen on a member itself for one type of frame: LLDP, 802.1X, PTP, spanning tree. The stack has its sockets behind the
 * hooks at which frames are taken, so such frames are passed on there as well. Not those of protocols that the host's own stack would
 * take from the member too, nor those that come in bulk. The guard lets through what this passes on (ListenerRules.cs has the same list).
 */
#pragma once

#include "frame.h"

static __always_inline bool may_have_listeners(const struct __sk_buff *skb)
{
	/* A tag beside the frame, or one more in it. */
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
