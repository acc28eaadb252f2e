/* SPDX-License-Identifier: MIT */
/*
 * Structures in memory that the programs and the service share. The service mirrors them in Paths/Kernel/PlanLayout.cs (the
 * table of members in Paths/Kernel/MemberTable.cs), and a test compares the offsets.
 */
#pragma once

#include <linux/types.h>

/* Maximum number of members of a bond; slots are 0 to one less. */
#define MAX_MEMBERS 64

/* Plans in the ring. A plan that a program reads is overwritten only after this many more were published. */
#define PLAN_RING 8

/* How the member for a frame of the host is picked: TransmitRule in C#. */
enum transmit_rule {
	RULE_NONE = 0,
	RULE_ONE = 1,
	RULE_ROUND_ROBIN = 2,
	RULE_HASH = 3,
	RULE_BROADCAST = 4,
	RULE_BUCKETS = 5,
};

/* Hash policies: HashPolicy in C#, xmit_hash_policy of the driver. */
enum hash_policy {
	POLICY_LAYER2 = 0,
	POLICY_LAYER34 = 1,
	POLICY_LAYER23 = 2,
	POLICY_ENCAP23 = 3,
	POLICY_ENCAP34 = 4,
	POLICY_VLAN_SRCMAC = 5,
};

/* Kinds of control frames that the service receives: ControlFrameKinds in C#. */
#define HEARS_SLOW_PROTOCOLS 1
#define HEARS_ARP 2
#define HEARS_NEIGHBOR_DISCOVERY 4

/* What forwards the frames received on members. */
enum forwarder {
	FORWARDER_SERVICE = 0, /* the packet sockets of the service */
	FORWARDER_SWITCHING = 1, /* decided by the socket's filter for each frame */
	FORWARDER_KERNEL = 2, /* tandem_rx */
};

/* Number of buckets in the tables of balance-tlb and balance-alb. */
#define BUCKETS 256

/* A member that can send. */
struct target {
	__u32 ifindex;
	__u32 slot;
};

/* A member that sends the frames of one of the bond's transmit queues (queue_id). */
struct queue_target {
	__u32 ifindex;
	__u16 slot;
	__u16 queue;
};

/*
 * Parameters of RULE_BUCKETS: BucketRule in C#. Addresses are numbers with the first octet in bits 40 to 47; members are indexes into
 * transmit.
 */
struct bucket_rule {
	__u64 address; /* the bond's address */
	__u64 deliver_to_station; /* bit mask of slots that deliver frames to address or to one of stations */
	__u16 active; /* the active member, which carries what is not balanced */
	__u16 has_buckets; /* whether buckets pick the member; otherwise the hash does directly */
	__u16 has_peers; /* whether ARP gives peers a member's address (balance-alb) */
	__u16 station_count; /* entries of stations */
	__u8 buckets[BUCKETS]; /* member by bucket */
	__u8 peers[BUCKETS]; /* member whose address the peers of a bucket are given */
	__u64 sources[MAX_MEMBERS]; /* source address of each member's frames */
	__u64 stations[MAX_MEMBERS]; /* addresses of members: frames to them are for the bond */
};

/*
 * A forwarding plan. A copy is consistent if the generation is the same before and after it was read. With up to three members, a frame
 * needs one cache line of it.
 */
struct plan {
	__u64 generation; /* 0 while the plan is being written */
	__u64 deliver; /* bit mask of slots whose received frames are delivered to the host */
	__u8 rule;
	__u8 policy;
	__u16 broadcasts_neighbors; /* whether ARP and neighbour discovery leave on all members, regardless of the rule */
	__u32 packets_per_member; /* frames per turn; 0 picks at random */
	__u32 count; /* entries of transmit */
	__u16 hears; /* control frames that the service receives: HEARS_* */
	__u16 queue_count; /* entries of queues */
	struct target group; /* the member that sends IGMP in balance-rr; ifindex 0 if none */
	struct target transmit[MAX_MEMBERS];
	struct queue_target queues[MAX_MEMBERS];
	struct bucket_rule balancing; /* for RULE_BUCKETS */
} __attribute__((aligned(64)));

/* Version of all structures except the table of members. A service takes over only maps of its own version. */
#define LAYOUT 5

/* Written by the service for the programs. */
struct control {
	__u32 layout;
	__u32 current; /* index in the ring of the plan in use */
	__u64 host; /* destination of frames for the host: an ifindex and, in the upper half, flags of bpf_redirect() */
	__u32 forwarder;
	__u32 sockets_take; /* whether the filter passes all frames to the sockets, or only control frames of the plan */
	__u32 is_short; /* whether frames of the host leave from the egress of the bond's device, past it (device fast) */
	__u32 has_service; /* whether the service can forward frames that tandem_tx leaves to it */
	struct plan ring[PLAN_RING];
};

/*
 * The table of members, a hash table with linear probing: each word has an ifindex and, in the upper half, its slot. The home of a
 * member is its ifindex modulo the size. A search ends at an unused place, but not at a deleted one.
 */
#define MEMBER_PLACES 128
#define PLACE_UNUSED 0
#define PLACE_LEFT 0xffffffff

/* Length of an LACPDU with its Ethernet header (802.1AX-2020, 6.4.2). */
#define LACPDU_LENGTH 124

/*
 * The last LACPDU that the service sent on a slot. When the service is late, the programs repeat it in answer to the partner's LACPDUs. A
 * copy of the frame is consistent if due is the same before and after it was read.
 */
struct stored_lacpdu {
	__u64 due; /* when the programs may start, in monotonic ns; 0 for never, and while the frame is being written. Written by the service */
	__u64 answered; /* when the programs last repeated it. Written by the programs */
	__u8 frame[LACPDU_LENGTH];
	__u32 unused;
};

/*
 * Counters of one processor for a slot, in one cache line; only that processor writes them. A frame counts as sent when it is redirected,
 * since a program does not learn the result. The service reads drops from the device, and stores them in the first processor's counters.
 */
struct counters {
	__u64 tx_frames;
	__u64 tx_bytes;
	__u64 rx_frames;
	__u64 rx_bytes;
	__u64 rx_suppressed; /* frames received on a slot that delivers nothing */
	__u64 refused; /* written by the service: frames that the device dropped */
	__u64 device_noted; /* written by the service: the device's last drop count plus one; 0 if it was never read */
	__u64 queue_noted; /* written by the service: the same for its queueing discipline */
};

/* Load counted by one processor; only that processor writes it. Whole cache lines. */
struct load {
	__u64 bytes[BUCKETS + 1]; /* bytes sent by bucket; last, bytes in no bucket */
	__u64 told_all; /* broadcast ARP packets of the host, which give all peers the same address */
	__u64 unused[6];
};

/* State and counters of one processor that belong to no slot, in one cache line. */
struct processor {
	__u64 turn; /* turn counter of balance-rr */
	__u64 no_member; /* frames of the host that no member could carry */
	__u64 left; /* frames of the host whose plan was overwritten meanwhile: left to the service, or dropped if it has no device */
	__u64 socket_took; /* the filter's decision for tandem_rx, which sees the same frame next */
	/* Frames that bypassed the bond's device, which does not count them. */
	__u64 past_tx_frames;
	__u64 past_tx_bytes;
	__u64 past_rx_frames;
	__u64 past_rx_bytes;
};
