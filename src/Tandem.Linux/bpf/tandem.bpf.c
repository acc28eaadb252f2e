// SPDX-License-Identifier: MIT
/*
 * The kernel data path: forwards frames inside the kernel by the forwarding plan.
 *
 *   tandem_tx       at the other end of the bond's device (TAP: at its egress): picks the member for a frame of the host
 *   tandem_out      at the egress of a device that is one end of a pair: sends past the device, or carries priorities through it
 *   tandem_rx       at a member's ingress: delivers frames to the bond, or drops them
 *   tandem_control  filter of a member's packet socket: passes only control frames to the service
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "balance.h"
#include "lacp.h"
#include "listeners.h"
#include "maps.h"
#include "order.h"
#include "priority.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

static __always_inline const volatile struct plan *current_plan(const volatile struct control *now)
{
	return &now->ring[now->current & (PLAN_RING - 1)];
}

/*
 * Control frames that the service takes instead of the host: slow protocols; and all control frames of the plan if the service can write
 * to the bond's device (TAP), since it then delivers them to the host itself.
 */
static __always_inline bool is_for_service(struct __sk_buff *skb, __u16 hears)
{
	return hears && (skb->protocol == bpf_htons(TYPE_SLOW) || control.has_service) && control_kind(skb) & hears;
}

/* A tag in the metadata will be on the wire. */
static __always_inline __u32 length_on_wire(const struct __sk_buff *skb)
{
	return skb->len + skb->vlan_present * TAG_LENGTH;
}

static __always_inline void count_sent(const struct __sk_buff *skb, __u32 slot)
{
	struct counters *tally = counters_of(slot);

	if (!tally)
		return;
	tally->tx_frames++;
	tally->tx_bytes += length_on_wire(skb);
}

static __always_inline int no_member(void)
{
	struct processor *here = this_processor();

	if (here)
		here->no_member++;
	return TC_ACT_SHOT;
}

static __always_inline int leave(void)
{
	struct processor *here = this_processor();

	if (here)
		here->left++;
	return control.has_service ? TC_ACT_OK : TC_ACT_SHOT;
}

static __always_inline bool is_igmp(struct __sk_buff *skb)
{
	const __u8 *start = with_ip4(skb);
	struct ethernet eth;
	struct ip4 ip;

	if (start)
		return ip4_of(start)->protocol == PROTOCOL_IGMP;
	return read_ethernet(skb, &eth) && eth.type == TYPE_IP4 && bpf_skb_load_bytes(skb, eth.payload, &ip, IP4_HEADER) == 0 &&
	       ip.protocol == PROTOCOL_IGMP;
}

/* Counts before it divides, so that the first frame of a new bond takes the second member, as with the driver. */
static __always_inline __u32 next_turn(__u32 packets_per_member)
{
	struct processor *here;
	__u32 turn;

	if (packets_per_member == 0)
		return bpf_get_prandom_u32();
	here = this_processor();
	turn = here ? ++here->turn : 0;
	return packets_per_member == 1 ? turn : turn / packets_per_member;
}

/* Sends a copy on each member except the last, which is returned for the frame itself. */
static __always_inline struct target broadcast(struct __sk_buff *skb, const volatile struct plan *plan, __u32 count)
{
	struct target target;

	for (__u32 i = 0; i + 1 < count && i < MAX_MEMBERS; i++) {
		target = (struct target){ plan->transmit[i].ifindex, plan->transmit[i].slot };
		if (bpf_clone_redirect(skb, target.ifindex, 0) == 0)
			count_sent(skb, target.slot);
	}
	count = (count - 1) & (MAX_MEMBERS - 1);
	return (struct target){ plan->transmit[count].ifindex, plan->transmit[count].slot };
}

/* The member tied to the frame's transmit queue, if it can send; otherwise the mode's rule decides. */
static __always_inline bool find_queue(const struct __sk_buff *skb, const volatile struct plan *plan, struct target *target)
{
	__u32 queue = skb->queue_mapping;

	for (__u32 i = 0; queue && i < plan->queue_count && i < MAX_MEMBERS; i++) {
		if (plan->queues[i].queue != queue)
			continue;
		*target = (struct target){ plan->queues[i].ifindex, plan->queues[i].slot };
		return true;
	}
	return false;
}

/* Frames that leave from the egress of the bond's device never enter it, so it does not count them. */
static __always_inline void count_past_tx(const struct __sk_buff *skb)
{
	struct processor *here = this_processor();

	if (!here)
		return;
	here->past_tx_frames++;
	here->past_tx_bytes += length_on_wire(skb);
}

static __always_inline int transmit(struct __sk_buff *skb, bool is_past_device)
{
	const volatile struct plan *plan = current_plan(&control);
	__u64 generation = plan->generation;
	__u32 rule, count, pick = 0;
	__u32 choice = CHOICE(0, NO_BUCKET);
	struct target target;
	__u64 source = 0, seen = 0;

	plan = (const volatile void *)plan + after(generation);
	rule = plan->rule;
	count = plan->count;
	if (count == 0 || rule == RULE_NONE)
		return no_member();
	if (rule == RULE_HASH && plan->broadcasts_neighbors && control_kind(skb) & (HEARS_ARP | HEARS_NEIGHBOR_DISCOVERY))
		rule = RULE_BROADCAST;
	if (rule == RULE_BROADCAST) {
		target = broadcast(skb, plan, count);
	} else if (!is_past_device && plan->queue_count && find_queue(skb, plan, &target)) {
		/* Target found. At the device's egress no queue has been picked yet. */
	} else if (rule == RULE_ROUND_ROBIN && plan->group.ifindex && is_igmp(skb)) {
		target = (struct target){ plan->group.ifindex, plan->group.slot };
	} else {
		if (rule == RULE_BUCKETS)
			choice = choose(skb, &plan->balancing, &seen);
		else if (rule == RULE_ROUND_ROBIN)
			pick = next_turn(plan->packets_per_member) % count;
		if (rule == RULE_HASH || choice & IS_HASHED)
			pick = hash_of(skb, plan->policy);
		if (rule == RULE_HASH)
			pick %= count;
		if (rule == RULE_BUCKETS) {
			if (choice & IS_HASHED)
				choice = choose_by_hash(&plan->balancing, count, pick);
			pick = CHOICE_PLACE(choice);
			source = plan->balancing.sources[pick & (MAX_MEMBERS - 1)];
		}
		pick &= MAX_MEMBERS - 1;
		target = (struct target){ plan->transmit[pick].ifindex, plan->transmit[pick].slot };
	}
	plan = (const volatile void *)plan + after(rule ^ count ^ target.ifindex ^ target.slot ^ source ^ choice ^ seen);
	/* The plan was overwritten meanwhile: leave the frame to the service. Copies that were sent cannot be taken back. */
	if (rule != RULE_BROADCAST && (generation == 0 || plan->generation != generation))
		return leave();
	if (rule == RULE_BUCKETS)
		readdress(skb, choice, source, length_on_wire(skb));
	count_sent(skb, target.slot);
	if (is_past_device)
		count_past_tx(skb);
	return bpf_redirect(target.ifindex, 0);
}

SEC("tc")
int tandem_tx(struct __sk_buff *skb)
{
	restore_priority(skb);
	/* A device that the service reads (TAP) has no other end: the program is attached at its egress. */
	return transmit(skb, control.has_service);
}

SEC("tc")
int tandem_out(struct __sk_buff *skb)
{
	if (control.is_short)
		return transmit(skb, true);
	keep_priority(skb);
	return TC_ACT_UNSPEC;
}

/*
 * While a bond switches between the data paths, the filter of the member's socket decides which path takes a frame. It sees each frame just
 * before this program, on the same processor. So every frame is taken exactly once.
 */
static __always_inline bool socket_takes(__u32 forwarder)
{
	struct processor *here;

	if (forwarder != FORWARDER_SWITCHING)
		return forwarder == FORWARDER_SERVICE;
	/* The service writes the words of all processors before the forwarder, so they are read after it. */
	here = this_processor();
	return here && *(volatile __u64 *)((void *)&here->socket_took + after(forwarder));
}

static __always_inline void count_delivered(const struct __sk_buff *skb, struct counters *tally, __u64 host)
{
	__u32 length = length_on_wire(skb);
	struct processor *here;

	tally->rx_frames++;
	tally->rx_bytes += length;
	/* With this flag frames bypass the other end, so the bond's device does not count them. */
	if (!(host >> 32 & BPF_F_INGRESS))
		return;
	here = this_processor();
	if (!here)
		return;
	here->past_rx_frames++;
	here->past_rx_bytes += length;
}

SEC("tc")
int tandem_rx(struct __sk_buff *skb)
{
	const volatile struct control *now = &control;
	const volatile struct plan *plan = current_plan(now);
	__u32 slot = slot_of(skb->ifindex);
	__u64 host = now->host;
	struct counters *tally;
	bool delivers;

	if (slot >= MAX_MEMBERS || socket_takes(now->forwarder))
		return TC_ACT_OK;
	delivers = plan->deliver >> slot & 1;
	if (plan->rule == RULE_BUCKETS)
		delivers = deliver_to_bond(skb, &plan->balancing, slot, delivers);
	/*
	 * The service gets the frame by its socket, and delivers it to the host if needed. LACPDUs are repeated only for links that carry
	 * traffic by the plan.
	 */
	if (is_for_service(skb, plan->hears))
		return delivers ? answer_slow_frame(skb, slot) : TC_ACT_SHOT;
	tally = counters_of(slot);
	if (!tally)
		return TC_ACT_OK;
	if (may_have_listeners(skb)) {
		if (!delivers)
			tally->rx_suppressed++;
		else if (bpf_clone_redirect(skb, (__u32)host, host >> 32) == 0)
			count_delivered(skb, tally, host);
		return TC_ACT_OK;
	}
	if (!delivers) {
		tally->rx_suppressed++;
		return TC_ACT_SHOT;
	}
	count_delivered(skb, tally, host);
	return bpf_redirect((__u32)host, host >> 32);
}

SEC("socket")
int tandem_control(struct __sk_buff *skb)
{
	const volatile struct control *now = &control;
	__u32 takes = now->sockets_take;
	struct processor *here;

	if (now->forwarder == FORWARDER_SWITCHING) {
		here = this_processor();
		if (here)
			here->socket_took = takes;
	}
	return takes || control_kind(skb) & current_plan(now)->hears ? -1 : 0;
}
