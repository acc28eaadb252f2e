using System.Collections.Immutable;
using Tandem.Core.Monitoring;
using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

/// <summary>An interface that belongs to a bond.</summary>
public sealed class Member
{
    private ImmutableArray<OptionValue> _options = [.. BondOptionTable.Member.Select(option => new OptionValue(option.Default))];

    internal Member(int ifindex, string name, int slot, MacAddress permanentAddress)
    {
        Ifindex = ifindex;
        Name = name;
        Slot = slot;
        PermanentAddress = permanentAddress;
        Address = permanentAddress;
    }

    /// <summary>The interface's ifindex.</summary>
    public int Ifindex { get; }

    /// <summary>The interface's name.</summary>
    public string Name { get; internal set; }

    /// <summary>The member's index in forwarding plans, fixed while it is a member.</summary>
    public int Slot { get; }

    /// <summary>The interface's address before it joined, restored when it leaves.</summary>
    public MacAddress PermanentAddress { get; }

    /// <summary>The interface's present address.</summary>
    public MacAddress Address { get; internal set; }

    /// <summary>The link as last reported by the kernel.</summary>
    public LinkStatus Link => Monitored.Status;

    /// <summary>The monitor's view of the link.</summary>
    public LinkState State => Monitored.State;

    /// <summary>When the up or down delay ends, in monotonic ns; valid while <see cref="State"/> is failing or returning.</summary>
    public long DelayEnds => Monitored.DelayEnds;

    /// <summary>Number of link failures since the interface joined.</summary>
    public uint LinkFailures { get; internal set; }

    /// <summary>Damping of the link if it flaps.</summary>
    public LinkDamping Damping => Monitored.Damping;

    /// <summary>Why it takes frames for any address.</summary>
    internal HearsAll HearsAll { get; set; }

    /// <summary>Changes of the interface by other programs, and the limits of undoing them.</summary>
    internal MemberUpkeep Upkeep { get; } = new();

    /// <summary>The link as its monitor sees it.</summary>
    internal MonitoredLink Monitored { get; } = new();

    /// <summary>Evidence of link probes.</summary>
    internal ProbeEvidence Evidence { get; } = new();

    /// <summary>Whether the mode lets the member carry traffic (ACTIVE in the driver's terms) or keeps it on standby (BACKUP).</summary>
    public bool IsActiveState { get; internal set; }

    /// <summary>Preference as the active member, higher is preferred.</summary>
    public long Priority => this[Known.Priority].Number;

    /// <summary>The transmit queue tied to this member; 0 if none.</summary>
    public long QueueId => this[Known.QueueId].Number;

    /// <summary>Whether the member can carry frames now, by kernel, monitor and mode.</summary>
    public bool CanTransmit => Link.IsRunning && State == LinkState.Up && IsActiveState;

    /// <summary>The mode's state of this member; null if it has none.</summary>
    internal object? ModeState { get; set; }

    /// <summary>The value of an option.</summary>
    public OptionValue this[BondOption option] => _options[option.Index];

    internal void Set(BondOption option, OptionValue value) => _options = _options.SetItem(option.Index, value);

    /// <summary>Member options that the brain uses.</summary>
    internal static class Known
    {
        public static BondOption QueueId { get; } = BondOptionTable.Get(OptionScope.Member, "queue_id");

        public static BondOption Priority { get; } = BondOptionTable.Get(OptionScope.Member, "prio");
    }
}
