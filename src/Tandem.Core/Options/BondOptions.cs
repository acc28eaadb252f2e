using System.Collections.Immutable;
using Tandem.Core.Hashing;

namespace Tandem.Core.Options;

/// <summary>When the primary becomes active again (primary_reselect).</summary>
public enum PrimaryReselect : byte
{
    /// <summary>As soon as its link is up.</summary>
    Always = 0,

    /// <summary>If it is faster than the active member.</summary>
    Better = 1,

    /// <summary>Only when the active member fails.</summary>
    Failure = 2,
}

/// <summary>Which MAC addresses bond and members have in active-backup (fail_over_mac).</summary>
public enum FailOverMac : byte
{
    /// <summary>All members have the bond's address.</summary>
    None = 0,

    /// <summary>Members keep their own addresses; the bond takes the active member's.</summary>
    Active = 1,

    /// <summary>The active member has the bond's address; the others keep their own.</summary>
    Follow = 2,
}

/// <summary>The values of all options of a bond. Immutable.</summary>
public sealed class BondOptions
{
    private readonly ImmutableArray<OptionValue> _values;

    private BondOptions(ImmutableArray<OptionValue> values) => _values = values;

    /// <summary>The driver's defaults.</summary>
    public static BondOptions Default { get; } = new([.. BondOptionTable.Bond.Select(option => new OptionValue(option.Default))]);

    /// <summary>The value of an option.</summary>
    public OptionValue this[BondOption option] =>
        option.NeedsMiimon ? new OptionValue(Math.Min(_values[option.Index].Number * Miimon, int.MaxValue)) : _values[option.Index];

    /// <summary>The mode.</summary>
    public BondMode Mode => (BondMode)Number(Known.Mode);

    /// <summary>Interval of link polls, in ms; 0 to rely on the kernel's reports alone.</summary>
    public long Miimon => Number(Known.Miimon);

    /// <summary>How long a link must be up again before it is used, in ms.</summary>
    public long UpDelay => Number(Known.UpDelay);

    /// <summary>How long a link must be lost before it counts as down, in ms.</summary>
    public long DownDelay => Number(Known.DownDelay);

    /// <summary>Interval of announcements to neighbours, in ms.</summary>
    public long PeerNotifyDelay => Number(Known.PeerNotifyDelay);

    /// <summary>Interval of probes, in ms; 0 if they are off.</summary>
    public long ArpInterval => Number(Known.ArpInterval);

    /// <summary>Number of unanswered probes before a link is down.</summary>
    public int ArpMissedMax => (int)Number(Known.ArpMissedMax);

    /// <summary>Which members count only validated answers to probes.</summary>
    public ArpValidate ArpValidate => (ArpValidate)Number(Known.ArpValidate);

    /// <summary>Whether all targets must answer, instead of one.</summary>
    public bool ArpAllTargets => Number(Known.ArpAllTargets) != 0;

    /// <summary>Name of the preferred member, whether it has joined or not; null if none is set.</summary>
    public string? Primary => this[Known.Primary].Name;

    /// <summary>When the primary becomes active again.</summary>
    public PrimaryReselect PrimaryReselect => (PrimaryReselect)Number(Known.PrimaryReselect);

    /// <summary>Which MAC addresses bond and members have. Applies only to active-backup.</summary>
    public FailOverMac FailOverMac => Mode == BondMode.ActiveBackup ? (FailOverMac)Number(Known.FailOverMac) : FailOverMac.None;

    /// <summary>Which parts of a frame the flow hash uses.</summary>
    public HashPolicy HashPolicy => (HashPolicy)Number(Known.HashPolicy);

    /// <summary>Number of group membership reports after a failover.</summary>
    public int ResendIgmp => (int)Number(Known.ResendIgmp);

    /// <summary>Number of announcements to neighbours after a failover.</summary>
    public int PeerNotifications => (int)Number(Known.PeerNotifications);

    /// <summary>Whether frames that arrive on standby members are delivered.</summary>
    public bool AllMembersActive => Number(Known.AllMembersActive) != 0;

    /// <summary>Number of members with a link that the bond needs for its carrier.</summary>
    public long MinLinks => Number(Known.MinLinks);

    /// <summary>Packets per turn in balance-rr; 0 to pick members at random.</summary>
    public uint PacketsPerMember => (uint)Number(Known.PacketsPerMember);

    /// <summary>Whether balance-tlb and balance-alb balance by measured load; otherwise by the flow's hash.</summary>
    public bool IsTlbDynamic => Number(Known.TlbDynamic) != 0;

    /// <summary>Interval of learning frames in balance-tlb and balance-alb, in s.</summary>
    public long LearningInterval => Number(Known.LearningInterval);

    /// <summary>Whether ARP and neighbour discovery leave on all members of 802.3ad.</summary>
    public bool BroadcastsNeighbors => Number(Known.BroadcastNeighbor) != 0;

    /// <summary>The requested data path.</summary>
    public DataPathChoice DataPath => (DataPathChoice)Number(Known.DataPath);

    /// <summary>Whether frames go through the bond's device or past it.</summary>
    public DevicePassage Passage => (DevicePassage)Number(Known.Passage);

    /// <summary>The requested kind of the bond's device.</summary>
    public DeviceKind DeviceKind => (DeviceKind)Number(Known.DeviceKind);

    /// <summary>Losses of a link within <see cref="FlapWindow"/> beyond which it is damped; 0 to damp no link.</summary>
    public int FlapLimit => (int)Number(Known.FlapLimit);

    /// <summary>The window in which losses of a link are counted, in ms.</summary>
    public long FlapWindow => Number(Known.FlapWindow);

    /// <summary>How long a damped link must stay up at first, in ms.</summary>
    public long FlapHold => Number(Known.FlapHold);

    /// <summary>How long a damped link must stay up at most, in ms.</summary>
    public long FlapHoldMax => Number(Known.FlapHoldMax);

    /// <summary>
    /// These options with one value changed. Delays are stored as multiples of miimon, as in the driver: they are rounded down, scale
    /// with miimon, and read 0 while it is 0.
    /// </summary>
    public BondOptions With(BondOption option, OptionValue value) =>
        new(_values.SetItem(option.Index, option.NeedsMiimon ? new OptionValue(Miimon == 0 ? 0 : value.Number / Miimon) : value));

    /// <summary>These options with one number changed.</summary>
    public BondOptions With(BondOption option, long number) => With(option, new OptionValue(number));

    private long Number(BondOption option) => this[option].Number;

    /// <summary>Options that the brain uses, looked up once.</summary>
    public static class Known
    {
        /// <summary>mode.</summary>
        public static BondOption Mode { get; } = Get("mode");

        /// <summary>active_slave.</summary>
        public static BondOption ActiveMember { get; } = Get("active_slave");

        /// <summary>miimon.</summary>
        public static BondOption Miimon { get; } = Get("miimon");

        /// <summary>updelay.</summary>
        public static BondOption UpDelay { get; } = Get("updelay");

        /// <summary>downdelay.</summary>
        public static BondOption DownDelay { get; } = Get("downdelay");

        /// <summary>peer_notif_delay.</summary>
        public static BondOption PeerNotifyDelay { get; } = Get("peer_notif_delay");

        /// <summary>arp_interval.</summary>
        public static BondOption ArpInterval { get; } = Get("arp_interval");

        /// <summary>arp_missed_max.</summary>
        public static BondOption ArpMissedMax { get; } = Get("arp_missed_max");

        /// <summary>arp_ip_target.</summary>
        public static BondOption ArpTargets { get; } = Get("arp_ip_target");

        /// <summary>ns_ip6_target.</summary>
        public static BondOption NeighborTargets { get; } = Get("ns_ip6_target");

        /// <summary>arp_all_targets.</summary>
        public static BondOption ArpAllTargets { get; } = Get("arp_all_targets");

        /// <summary>arp_validate.</summary>
        public static BondOption ArpValidate { get; } = Get("arp_validate");

        /// <summary>broadcast_neighbor.</summary>
        public static BondOption BroadcastNeighbor { get; } = Get("broadcast_neighbor");

        /// <summary>primary.</summary>
        public static BondOption Primary { get; } = Get("primary");

        /// <summary>primary_reselect.</summary>
        public static BondOption PrimaryReselect { get; } = Get("primary_reselect");

        /// <summary>fail_over_mac.</summary>
        public static BondOption FailOverMac { get; } = Get("fail_over_mac");

        /// <summary>xmit_hash_policy.</summary>
        public static BondOption HashPolicy { get; } = Get("xmit_hash_policy");

        /// <summary>resend_igmp.</summary>
        public static BondOption ResendIgmp { get; } = Get("resend_igmp");

        /// <summary>num_grat_arp.</summary>
        public static BondOption PeerNotifications { get; } = Get("num_grat_arp");

        /// <summary>all_slaves_active.</summary>
        public static BondOption AllMembersActive { get; } = Get("all_slaves_active");

        /// <summary>min_links.</summary>
        public static BondOption MinLinks { get; } = Get("min_links");

        /// <summary>packets_per_slave.</summary>
        public static BondOption PacketsPerMember { get; } = Get("packets_per_slave");

        /// <summary>data_path.</summary>
        public static BondOption DataPath { get; } = Get("data_path");

        /// <summary>device.</summary>
        public static BondOption Passage { get; } = Get("device");

        /// <summary>device_kind.</summary>
        public static BondOption DeviceKind { get; } = Get("device_kind");

        /// <summary>flap_limit.</summary>
        public static BondOption FlapLimit { get; } = Get("flap_limit");

        /// <summary>flap_window.</summary>
        public static BondOption FlapWindow { get; } = Get("flap_window");

        /// <summary>flap_hold.</summary>
        public static BondOption FlapHold { get; } = Get("flap_hold");

        /// <summary>flap_hold_max.</summary>
        public static BondOption FlapHoldMax { get; } = Get("flap_hold_max");

        /// <summary>lp_interval.</summary>
        public static BondOption LearningInterval { get; } = Get("lp_interval");

        /// <summary>tlb_dynamic_lb.</summary>
        public static BondOption TlbDynamic { get; } = Get("tlb_dynamic_lb");

        private static BondOption Get(string name) => BondOptionTable.Get(OptionScope.Bond, name);
    }
}
