using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Core.Packets;

namespace Tandem.Core.Lacp;

/// <summary>802.3ad: the flow's hash picks a port that LACP lets distribute; frames are delivered from ports that collect.</summary>
internal sealed class LacpMode : Mode
{
    private const long RecheckInterval = 100 * Clock.Millisecond;

    // The driver sets the system address when the first member joins or an ad_actor option is set, and keeps it when the bond's address
    // changes. So the partner sees no change of system.
    private MacAddress _systemAddress;

    public LacpMode(Bond bond)
        : base(bond) =>
        System = new LacpSystem(bond.Host, (kind, member, reason) => bond.Report(System!.Now, kind, member, reason), Settings);

    /// <summary>The ports and their state machines.</summary>
    public LacpSystem System { get; }

    /// <summary>The system address that the previous service used; null if there was none.</summary>
    public MacAddress? RestoredSystem { get; set; }

    /// <summary>802.3ad has no active member, but announcements of the bond need one member to send them.</summary>
    public override bool NamesSpeaker => true;

    /// <inheritdoc/>
    public override Member? Speaker =>
        Bond.Active is { Lacp.IsDistributing: true } speaker
            ? speaker
            : Bond.Members.FirstOrDefault(member => member.Lacp is { IsDistributing: true });

    /// <inheritdoc/>
    public override bool DampsCarrier => Bond.Options[LacpOptions.Strict].Number != 0;

    /// <summary>With lacp_strict the bond has carrier only when ports distribute; without it as soon as links are up, as with the
    /// driver.</summary>
    public override bool HasCarrier
    {
        get
        {
            if (Bond.Options[LacpOptions.Strict].Number == 0)
                return base.HasCarrier;
            var carrying = Bond.Members.Count(member => member.CanTransmit);
            return carrying >= Math.Max(1, Bond.Options.MinLinks) || (carrying > 0 && System.FallbackPort is not null);
        }
    }

    /// <inheritdoc/>
    public override long NextDeadline => System.NextDeadline;

    private LacpSettings Settings => LacpSettings.From(Bond.Options, _systemAddress);

    /// <inheritdoc/>
    public override bool MayTransmit(Member member) => member.Lacp is { IsDistributing: true };

    /// <inheritdoc/>
    public override ForwardingPlan Plan()
    {
        var usable = UsableSlots;
        return new ForwardingPlan
        {
            Rule = RuleFor(usable, TransmitRule.Hash),
            Policy = Bond.Options.HashPolicy,
            BroadcastsNeighbors = Bond.Options.BroadcastsNeighbors,
            Transmit = usable,
            Deliver = Bond.Options.AllMembersActive ? AllSlots : CollectingSlots,
            Hears = ControlFrameKinds.SlowProtocols,
        };
    }

    /// <inheritdoc/>
    public override void Configure(BondOptions before, long now)
    {
        if (
            Bond.Options[LacpOptions.ActorSystem] != before[LacpOptions.ActorSystem]
            || Bond.Options[LacpOptions.SystemPriority] != before[LacpOptions.SystemPriority]
        )
            _systemAddress = Bond.Address;
        System.Configure(Settings, now);
    }

    /// <inheritdoc/>
    public override void Joined(Member member, MemberMemory? memory, long now)
    {
        if (Bond.Members.Count == 1)
        {
            _systemAddress = (Bond.IsRestoring ? RestoredSystem : null) ?? Bond.Address;
            System.Configure(Settings, now);
        }
        var port = System.AddPort(member, now);
        member.ModeState = port;
        if (memory is LacpMemory known)
            System.TakeOver(port, known, now);
    }

    /// <inheritdoc/>
    public override void Left(Member member) => System.RemovePort(member.Lacp!);

    /// <inheritdoc/>
    public override void Parted(Member member, long now) => System.SayFarewell(member.Lacp!, now);

    /// <inheritdoc/>
    public override void OptionChanged(Member member, BondOption option, OptionValue value, long now)
    {
        if (option == LacpOptions.Drain)
            System.Drain(member.Lacp!, value.Number != 0, now, Bond.IsRestoring);
        else if (option == LacpOptions.PortPriority)
            System.PortPriorityChanged(member.Lacp!);
    }

    /// <summary>Sends farewells to the partners while the ports still exist.</summary>
    public override void Stop(long now)
    {
        foreach (var port in System.Ports)
            System.SayFarewell(port, now);
    }

    /// <inheritdoc/>
    public override bool Receive(Member member, ReadOnlySpan<byte> frame, long now)
    {
        if (!SlowProtocols.IsOne(frame))
            return false;
        var port = member.Lacp!;
        if (!port.IsEnabled)
            RecheckLink(member, port, now);
        System.Receive(now, port, frame);
        System.Evaluate(now, Bond.IsUp);
        return System.PlanIsDue;
    }

    /// <inheritdoc/>
    public override void LetTimePass(long now) => System.LetTimePass(now);

    /// <inheritdoc/>
    public override void Settle(long now)
    {
        System.Evaluate(now, Bond.IsUp);
        System.PlanIsDue = false;
    }

    /// <inheritdoc/>
    public override void PlanIsOut(long now) => System.Transmit(now);

    /// <inheritdoc/>
    public override void TrafficChanged(Member member, bool carries)
    {
        var port = member.Lacp!;
        if (carries && Bond.Options.BroadcastsNeighbors)
            Bond.TellNeighbors(System.Now);
        if (carries)
            System.Report(
                EventKind.LacpUp,
                port,
                System.FallbackPort == port
                    ? "carries traffic alone, without a partner"
                    : $"carries traffic: port {port.Partner.Port} of {port.Partner.System}"
            );
        else
            System.Report(EventKind.LacpDown, port, $"carries no traffic: {LacpAdvice.WhyIdle(System, port) ?? "its link is down"}");
    }

    // An LACPDU on a port without carrier: the report that the carrier is back may still be on its way.
    private void RecheckLink(Member member, LacpPort port, long now)
    {
        if (!Bond.IsUp || now < port.NextRecheck)
            return;
        port.NextRecheck = now + RecheckInterval;
        Bond.LookAgain(member, now);
    }

    private ulong CollectingSlots =>
        Bond.Members.Aggregate(0UL, (slots, member) => member.Lacp is { IsCollecting: true } ? slots | (1UL << member.Slot) : slots);
}
