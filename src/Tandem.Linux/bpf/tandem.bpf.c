// SPDX-License-Identifier: MIT
/*
 * The fast path: carries out the forwarding plan inside the kernel, frame by frame.
 *
 *   tandem_tx       on the bond's egress: picks the member that carries a frame of the host
 *   tandem_rx       on a member's ingress: gives frames to the bond, or drops what the plan does not deliver
 *   tandem_control  on a member's packet socket: lets only what the brain needs into the service
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "hash.h"
#include "lacp.h"
#include "maps.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

static __always_inline const volatile struct plan *current_plan(const volatile struct control *now)
{
	return &now->ring[now->current & (PLAN_RING - 1)];
}

/* A control frame, where there are such. */
static __always_inline bool is_for_service(const struct __sk_buff *skb, const volatile struct plan *plan)
{
	return skb->protocol == bpf_htons(TYPE_SLOW) && plan->hears_control;
}

/* A tag beside the frame is one on the wire. */
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
	return TC_ACT_OK;
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

/* A copy on each member but the last, which the caller gets for the frame itself. */
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

SEC("tc")
int tandem_tx(struct __sk_buff *skb)
{
	const volatile struct plan *plan = current_plan(&control);
	__u64 generation = plan->generation;
	__u32 rule = plan->rule;
	__u32 count = plan->count;
	__u32 pick = 0;
	struct target target;

	if (count == 0 || rule == RULE_NONE)
		return no_member();
	if (rule == RULE_BROADCAST) {
		target = broadcast(skb, plan, count);
	} else if (rule == RULE_ROUND_ROBIN && plan->group.ifindex && is_igmp(skb)) {
		target = (struct target){ plan->group.ifindex, plan->group.slot };
	} else {
		if (rule == RULE_HASH)
			pick = hash_of(skb, plan->policy) % count;
		else if (rule == RULE_ROUND_ROBIN)
			pick = next_turn(plan->packets_per_member) % count;
		pick &= MAX_MEMBERS - 1;
		target = (struct target){ plan->transmit[pick].ifindex, plan->transmit[pick].slot };
	}
	/* Written over meanwhile: rather the service's plan than a mix of two. Copies that have left cannot be taken back. */
	if (rule != RULE_BROADCAST && (generation == 0 || plan->generation != generation))
		return leave();
	count_sent(skb, target.slot);
	return bpf_redirect(target.ifindex, 0);
}

/*
 * While a bond moves between the data paths, the filter of the member's socket, which sees each frame just before this
 * program on the same processor, says who takes it: so none is taken twice, and none by nobody.
 */
static __always_inline bool socket_takes(__u32 carrier)
{
	struct processor *here;

	if (carrier != CARRIER_SWITCHING)
		return carrier == CARRIER_SERVICE;
	here = this_processor();
	return here && here->socket_took;
}

SEC("tc")
int tandem_rx(struct __sk_buff *skb)
{
	const volatile struct control *now = &control;
	const volatile struct plan *plan = current_plan(now);
	__u32 slot = slot_of(skb->ifindex);
	struct counters *tally;
	bool delivers;

	if (slot >= MAX_MEMBERS || socket_takes(now->carrier))
		return TC_ACT_OK;
	delivers = plan->deliver >> slot & 1;
	/*
	 * The service has it by its socket, and gives to the host what is for the host. A link that carries nothing by the plan is not
	 * to be spoken for.
	 */
	if (is_for_service(skb, plan))
		return delivers ? answer_slow_frame(skb, slot) : TC_ACT_SHOT;
	tally = counters_of(slot);
	if (!tally)
		return TC_ACT_OK;
	if (!delivers) {
		tally->rx_suppressed++;
		return TC_ACT_SHOT;
	}
	tally->rx_frames++;
	tally->rx_bytes += length_on_wire(skb);
	return bpf_redirect(now->bond_ifindex, BPF_F_INGRESS);
}

SEC("socket")
int tandem_control(struct __sk_buff *skb)
{
	const volatile struct control *now = &control;
	__u32 takes = now->sockets_take;
	struct processor *here;

	if (now->carrier == CARRIER_SWITCHING) {
		here = this_processor();
		if (here)
			here->socket_took = takes;
	}
	return takes || is_for_service(skb, current_plan(now)) ? -1 : 0;
}
