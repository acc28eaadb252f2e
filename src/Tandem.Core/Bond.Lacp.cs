using Tandem.Core.Lacp;
using Tandem.Core.Options;

namespace Tandem.Core;

// Mode 802.3ad: what the machines of LACP make of the bond's members.
public sealed partial class Bond
{
    // The driver names its system when the first member joins, or an ad_actor option is set; the partner sees no change when the
    // bond's address does.
    private MacAddress _systemAddress;
    private MacAddress? _restoredSystem;

    /// <summary>LACP of the bond; null in other modes.</summary>
    public LacpSystem? Lacp { get; private set; }

    /// <summary>
    /// Takes in a control frame that a member received, whether the plan delivers frames of that member or not. Frames that have arrived are to be
    /// handed over before <see cref="Advance"/>, so that no timer ends that one of them would have stopped; a caller that was
    /// held up (by a pause of the process, say) reads its sockets first.
    /// </summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="ifindex">The member.</param>
    /// <param name="frame">The frame from its destination address on, of any length; other frames than control frames are ignored.</param>
    public void FrameReceived(long now, int ifindex, ReadOnlySpan<byte> frame)
    {
        if (Lacp is not { } lacp || FindMember(ifindex) is not { Lacp: { } port } member || !SlowProtocols.IsOne(frame))
            return;
        if (!port.IsEnabled)
            RecheckLink(member, port, now);
        lacp.Receive(now, port, frame);
        lacp.Evaluate(now, IsUp);
        if (lacp.PlanIsDue || _unreported.Count > 0)
            Settle(now);
        else
            lacp.Transmit(now);
    }

    // An LACPDU on a link without carrier: the report of the carrier may be under way.
    private void RecheckLink(Member member, LacpPort port, long now)
    {
        const long Interval = 100 * Clock.Millisecond;
        if (!IsUp || now < port.NextRecheck)
            return;
        port.NextRecheck = now + Interval;
        Observe(member, _host.ReadLink(member.Ifindex), now);
        Settle(now);
    }

    // Called whenever the options changed.
    private void ConfigureLacp(long now, BondOptions before)
    {
        if (Options.Mode != BondMode.Lacp)
        {
            Lacp = null;
            return;
        }
        if (
            Options[LacpOptions.ActorSystem] != before[LacpOptions.ActorSystem]
            || Options[LacpOptions.SystemPriority] != before[LacpOptions.SystemPriority]
        )
            _systemAddress = Address;
        var settings = LacpSettings.From(Options, _systemAddress);
        if (Lacp is null)
            Lacp = new LacpSystem(_host, (kind, member, reason) => Report(Lacp!.Now, kind, member, reason), settings);
        else
            Lacp.Configure(settings, now);
    }

    private void TellLacp(LacpPort port, BondOption option, OptionValue value, long now)
    {
        if (option == LacpOptions.Drain)
            Lacp!.Drain(port, value.Number != 0, now, _isRestoring);
        else if (option == LacpOptions.PortPriority)
            Lacp!.PortPriorityChanged(port);
    }

    private void JoinLacp(Member member, long now)
    {
        if (Lacp is not { } lacp)
            return;
        if (_members.Count == 1)
        {
            _systemAddress = (_isRestoring ? _restoredSystem : null) ?? Address;
            lacp.Configure(LacpSettings.From(Options, _systemAddress), now);
        }
        member.Lacp = lacp.AddPort(member, now);
    }

    // The machines move; the plan follows.
    private void SettleLacp(long now)
    {
        if (Lacp is not { } lacp)
            return;
        lacp.Evaluate(now, IsUp);
        lacp.PlanIsDue = false;
        // No member is the active one here, but one has to carry what is announced.
        _reselectReason = null;
        if (Active is { Lacp.IsDistributing: true })
            return;
        Active = _members.Find(member => member.Lacp is { IsDistributing: true });
        if (Active is not null && IsUp)
            _announcements.Begin(Options, tellPeers: false, now, isDamped: true);
    }

    private void ReportTraffic(Member member, bool carried, bool carries)
    {
        if (carried == carries || member.Lacp is not { } port)
            return;
        if (carries)
            Lacp!.Report(
                EventKind.LacpUp,
                port,
                Lacp.FallbackPort == port
                    ? "carries traffic alone, without a partner"
                    : $"carries traffic: port {port.Partner.Port} of {port.Partner.System}"
            );
        else
            Lacp!.Report(EventKind.LacpDown, port, $"carries no traffic: {LacpAdvice.WhyIdle(Lacp, port) ?? "its link is down"}");
    }

    // The partner hears that the bond goes away while its ports still can say so.
    private void SayFarewells(long now)
    {
        foreach (var member in _members)
        {
            if (member.Lacp is { } port)
                Lacp!.SayFarewell(port, now);
        }
    }
}
