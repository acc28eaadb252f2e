/* SPDX-License-Identifier: MIT */
/*
 * What the programs and the service share, by memory that both have mapped. The service mirrors these structures in
 * Paths/Kernel/PlanLayout.cs (the table of members in Paths/Kernel/MemberTable.cs), and a test compares the two by
 * offset.
 */
#pragma once

#include <linux/types.h>

/* Members that a bond can have; a slot is the number of one. */
#define MAX_MEMBERS 64

/* Plans that are kept; the one that a program reads is written over only after this many more were published. */
#define PLAN_RING 8

/* How the member for a frame of the host is picked: TransmitRule of the brain. */
enum transmit_rule {
	RULE_NONE = 0,
	RULE_ONE = 1,
	RULE_ROUND_ROBIN = 2,
	RULE_HASH = 3,
	RULE_BROADCAST = 4,
	RULE_BUCKETS = 5,
};

/* What a flow's hash is made of: HashPolicy of the brain, xmit_hash_policy of the driver. */
enum hash_policy {
	POLICY_LAYER2 = 0,
	POLICY_LAYER34 = 1,
	POLICY_LAYER23 = 2,
	POLICY_ENCAP23 = 3,
	POLICY_ENCAP34 = 4,
	POLICY_VLAN_SRCMAC = 5,
};

/* Kinds of control frames that the service hears: ControlFrameKinds of the brain. */
#define HEARS_SLOW_PROTOCOLS 1
#define HEARS_ARP 2
#define HEARS_NEIGHBOR_DISCOVERY 4

/* Who takes what arrives on members. */
enum carrier {
	CARRIER_SERVICE = 0, /* the packet sockets of the service */
	CARRIER_SWITCHING = 1, /* for each frame the one that the socket's filter names */
	CARRIER_KERNEL = 2, /* tandem_rx */
};

/* Entries of the tables of balance-tlb and balance-alb. */
#define BUCKETS 256

/* A member that may send. */
struct target {
	__u32 ifindex;
	__u32 slot;
};

/* A member that sends what the host put into one of the bond's transmit queues (queue_id of the driver). */
struct queue_target {
	__u32 ifindex;
	__u16 slot;
	__u16 queue;
};

/*
 * What RULE_BUCKETS needs: BucketRule of the brain. Addresses are numbers, the first octet in bits 40 to 47; places are those of transmit.
 */
struct bucket_rule {
	__u64 address; /* the bond's */
	__u64 deliver_to_station; /* a bit for each slot: frames to address or to stations that arrive there are for the host */
	__u16 active; /* the place of who carries what is not balanced */
	__u16 has_buckets; /* whether buckets pick, or the hash among all */
	__u16 has_peers; /* whether peers are told by ARP where to send */
	__u16 station_count; /* entries of stations */
	__u8 buckets[BUCKETS]; /* the place for each bucket */
	__u8 peers[BUCKETS]; /* the place for what each peer sends */
	__u64 sources[MAX_MEMBERS]; /* the address with which frames leave, by place */
	__u64 stations[MAX_MEMBERS]; /* addresses of members: who sends to one means the bond */
};

/*
 * A forwarding plan. It is whole as long as its generation is what it was before the rest was read. What a frame needs of it, for three
 * members, stands in one cache line.
 */
struct plan {
	__u64 generation; /* 0 while it is written */
	__u64 deliver; /* a bit for each slot: what arrives there is for the host */
	__u8 rule;
	__u8 policy;
	__u16 broadcasts_neighbors; /* whether ARP and neighbour discovery leave on all members, whatever the rule says */
	__u32 packets_per_member; /* 0 picks at random */
	__u32 count; /* entries of transmit */
	__u16 hears; /* control frames that the service hears: HEARS_* */
	__u16 queue_count; /* entries of queues */
	struct target group; /* who carries IGMP in balance-rr; ifindex 0 for nobody in particular */
	struct target transmit[MAX_MEMBERS];
	struct queue_target queues[MAX_MEMBERS];
	struct bucket_rule balancing; /* of RULE_BUCKETS */
} __attribute__((aligned(64)));

/* The form of what a service takes over from another, if both know the same: all but the table of members. */
#define LAYOUT 5

/* All that the service tells the programs. */
struct control {
	__u32 layout;
	__u32 current; /* the place in the ring of the plan that holds */
	__u64 host; /* where frames for the host go: the number of an interface and, in the upper half, flags of bpf_redirect() */
	__u32 carrier;
	__u32 sockets_take; /* whether the filter lets all frames into the sockets, or only those that it hears by the plan */
	__u32 is_short; /* whether frames of the host leave from the bond's own egress, past the device (device fast) */
	__u32 has_service; /* whether the service takes frames that tandem_tx leaves to it */
	struct plan ring[PLAN_RING];
};

/*
 * The table of members: words of an interface's number and, in the upper half, its slot. A member stands at the place of its number,
 * modulo the table, or at the next one behind that was free. A search ends at a place that was never used; one that was left does not end it.
 */
#define MEMBER_PLACES 128
#define PLACE_UNUSED 0
#define PLACE_LEFT 0xffffffff

/* An LACPDU with its Ethernet header (802.1AX, 6.4.2). */
#define LACPDU_LENGTH 124

/*
 * What a slot answers to its partner's LACPDU when the service is late: the last LACPDU that the service sent there. The frame holds as long
 * as due is what it was before the frame was read.
 */
struct answer {
	__u64 due; /* from when on, in ns of the monotonic clock; 0 for never, and while the frame is written. Written by the service alone */
	__u64 answered; /* when the programs answered last. Written by the programs alone */
	__u8 frame[LACPDU_LENGTH];
	__u32 unused;
};

/*
 * What one processor counted on a slot. Written by that processor only; a cache line. Frames are sent when the member's device has them: what
 * became of a redirection no program learns. What the device refused the service reads from the device, and notes with the first processor's.
 */
struct counters {
	__u64 tx_frames;
	__u64 tx_bytes;
	__u64 rx_frames;
	__u64 rx_bytes;
	__u64 rx_suppressed; /* frames of a slot from which nothing is delivered */
	__u64 refused; /* of the service: frames that the device did not take */
	__u64 device_noted; /* of the service: what the device had counted of them, and one more; 0 if it was never read */
	__u64 queue_noted; /* of the service: the same of its queueing discipline */
};

/* What one processor counted of balanced frames. Written by that processor only; whole cache lines. */
struct load {
	__u64 bytes[BUCKETS + 1]; /* sent, by bucket, and what was in none */
	__u64 told_all; /* ARP requests of the host that told all others an address */
	__u64 unused[6];
};

/* What one processor knows and counted beside the slots; a cache line. */
struct processor {
	__u64 turn; /* of balance-rr */
	__u64 no_member; /* frames of the host that no member could carry */
	__u64 left; /* frames of the host whose plan was written over meanwhile: left to the service, or dropped where it takes none */
	__u64 socket_took; /* the filter's word to tandem_rx about the frame that both see one after the other */
	/* What went past the bond's device, which does not count it. */
	__u64 past_tx_frames;
	__u64 past_tx_bytes;
	__u64 past_rx_frames;
	__u64 past_rx_bytes;
};
