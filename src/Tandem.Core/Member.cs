using System.Collections.Immutable;
using Tandem.Core.Options;

namespace Tandem.Core;

/// <summary>The monitor's opinion of a member's link. The numbers are the driver's.</summary>
public enum LinkState : byte
{
    /// <summary>Frames can pass.</summary>
    Up = 0,

    /// <summary>The link is gone, the down delay runs.</summary>
    Failing = 1,

    /// <summary>No frames can pass.</summary>
    Down = 2,

    /// <summary>The link is back, the up delay runs.</summary>
    Returning = 3,
}

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

    /// <summary>The interface's number.</summary>
    public int Ifindex { get; }

    /// <summary>The interface's name.</summary>
    public string Name { get; internal set; }

    /// <summary>Its place in forwarding plans for as long as it is a member.</summary>
    public int Slot { get; }

    /// <summary>The address that it had when it joined, and gets back when it leaves.</summary>
    public MacAddress PermanentAddress { get; }

    /// <summary>The address that it has now.</summary>
    public MacAddress Address { get; internal set; }

    /// <summary>What the kernel last said about the link.</summary>
    public LinkStatus Link { get; internal set; }

    /// <summary>The monitor's opinion of the link.</summary>
    public LinkState State { get; internal set; } = LinkState.Down;

    /// <summary>When the running up or down delay ends (monotonic ns); meaningful while <see cref="State"/> is failing or returning.</summary>
    public long DelayEnds { get; internal set; }

    /// <summary>Since when <see cref="State"/> is what it is (monotonic ns).</summary>
    public long StateSince { get; internal set; }

    /// <summary>How often the link went down while it was a member.</summary>
    public uint LinkFailures { get; internal set; }

    /// <summary>What keeps the link out of use for a while if it flaps.</summary>
    public Monitoring.LinkDamping Damping { get; } = new();

    /// <summary>What speaks for the link while probes watch it.</summary>
    internal Monitoring.ProbeEvidence Evidence { get; } = new();

    /// <summary>True if the mode lets it carry traffic (ACTIVE), false if it stands by (BACKUP).</summary>
    public bool IsActiveState { get; internal set; }

    /// <summary>Preference as the active member, higher first.</summary>
    public long Priority => this[Known.Priority].Number;

    /// <summary>The transmit queue that is tied to this member; 0 if none is.</summary>
    public long QueueId => this[Known.QueueId].Number;

    /// <summary>Whether it can carry frames now: the kernel, the monitor and the mode all say so.</summary>
    public bool CanTransmit => Link.IsRunning && State == LinkState.Up && IsActiveState;

    /// <summary>What the bond's mode keeps of this member; null if nothing.</summary>
    internal object? ModeState { get; set; }

    /// <summary>The value of an option.</summary>
    public OptionValue this[BondOption option] => _options[option.Index];

    internal void Set(BondOption option, OptionValue value) => _options = _options.SetItem(option.Index, value);

    /// <summary>The member options that the brain itself asks for.</summary>
    internal static class Known
    {
        public static BondOption QueueId { get; } = BondOptionTable.Get(OptionScope.Member, "queue_id");

        public static BondOption Priority { get; } = BondOptionTable.Get(OptionScope.Member, "prio");
    }
}
