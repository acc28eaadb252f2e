using Tandem.Core.Monitoring;
using Tandem.Core.Options;
using Tandem.Core.Pacing;

namespace Tandem.Core.Bonds;

// Events that tell users about probes.
internal sealed partial class ProbeMonitor
{
    // A network that is being set up gets its routes and addresses one by one.
    private const long RouteGrace = 5 * Clock.Second;

    private EventBudget _searches;
    private EventBudget _blindnesses;

    private static string Words(ProbeTarget target) =>
        $"{target.Address} ({(target.IsIp4 ? BondOptions.Known.ArpTargets : BondOptions.Known.NeighborTargets).Keyword})";

    private void Notice(Member? member, string reason, long now) => bond.Report(now, EventKind.Notice, member, reason);

    private string HeardWords(Member member) =>
        bond.Options.ArpValidate.Validates(IsActive(member)) ? "a target answered" : "frames arrive on it";

    private string MissedWords(Member member, in ProbePolicy policy)
    {
        var evidence = member.Evidence;
        if (IsActive(member) && !policy.IsWithin(evidence.Sent, policy.MissedMax))
            return "its device does not send the probes";
        var what =
            !bond.Options.ArpValidate.Validates(IsActive(member)) ? "nothing was heard"
            : bond.Options.ArpAllTargets && bond.Mode.ElectsActive ? "not all targets answered"
            : "no target answered";
        var heard = HeardOf(member);
        return heard > ProbeEvidence.Never / 2 ? $"{what} for {(policy.Now - heard) / Clock.Millisecond} ms" : what;
    }

    private void TellOfSearch(long now)
    {
        if (_searches.Take(now))
            Notice(null, "no member answers: one after another is tried until a target answers", now);
    }

    private void TellOfBlindness(long now)
    {
        if (IsOn && !Decides && !_targets.All.IsEmpty && _blindnesses.Take(now))
            Notice(
                null,
                $"the carrier decides about links, since no target can be probed: the routes to {string.Join(", ", _targets.Addresses)} do not use {bond.Name}",
                now
            );
    }

    private void TellOfRoutes(long at, long now)
    {
        foreach (var target in _targets.All)
        {
            if (target.Way is not { Route: not ProbeRoute.ByBond } way)
            {
                (target.LostSince, target.IsToldLost) = (ProbeEvidence.Never, false);
                continue;
            }
            if (target.LostSince == ProbeEvidence.Never)
                target.LostSince = at;
            if (target.IsToldLost || at - target.LostSince < RouteGrace)
                continue;
            target.IsToldLost = true;
            Notice(
                null,
                way.Route == ProbeRoute.Elsewhere
                    ? $"{Words(target)} is not probed: its route does not use {bond.Name}"
                    : $"no route leads {(target.IsIp4 ? "directly " : "")}to {Words(target)}: it is probed without an address of the host, and its answers cannot be validated",
                now
            );
        }
    }

    // With arp_all_targets every target must answer. If one station (a proxy, say) answers for two targets, it hides that one of them is
    // dead.
    private void TellOfTwins(ProbeTarget target, MacAddress station, long now)
    {
        // The host's own request that came back proves nothing about the target.
        if (target.Station == station || station == bond.Address)
            return;
        target.Station = station;
        if (_targets.TwinOf(target) is not { } twin || _targets.IsToldOfTwins)
            return;
        _targets.IsToldOfTwins = true;
        Notice(
            null,
            $"{station} answers for both {Words(twin)} and {Words(target)}: with arp_all_targets all each target should answer itself",
            now
        );
    }

    // Without validation any broadcast counts: traffic of other hosts can keep a link up whose targets do not answer.
    private void TellOfStrangers(in ProbePolicy policy, long now)
    {
        if (!_targets.AnyCanAnswer)
            return;
        foreach (var member in bond.Members)
        {
            var evidence = member.Evidence;
            var allowed = policy.MissedMax + (IsActive(member) ? 0 : 1);
            if (policy.IsWithin(evidence.Answered, allowed))
            {
                evidence.IsToldOfStrangers = false;
                continue;
            }
            if (
                evidence.IsToldOfStrangers
                || member.State != LinkState.Up
                || policy.IsWithin(evidence.TrustedSince, allowed + 1)
                || bond.Options.ArpValidate.Validates(IsActive(member))
            )
                continue;
            evidence.IsToldOfStrangers = true;
            Notice(
                member,
                "only traffic of other hosts keeps it up: no target has answered on it; with arp_validate all the link would be down",
                now
            );
        }
    }

    private void Warn(BondOptions before, long now)
    {
        var options = bond.Options;
        if (!IsOn)
            return;
        var isNew = before.ArpInterval == 0;
        if (_targets.All.IsEmpty && (isNew || HadTargets(before)))
            Notice(
                null,
                $"arp_interval {options.ArpInterval} has no target (arp_ip_target, ns_ip6_target): the carrier decides about links",
                now
            );
        if (
            options.ArpAllTargets
            && (!before.ArpAllTargets || isNew || before.ArpValidate != options.ArpValidate)
            && !(options.ArpValidate.Validates(isActive: true) && options.ArpValidate.Validates(isActive: false))
        )
            Notice(null, "arp_all_targets all counts only on members whose answers are validated (arp_validate)", now);
    }

    private static bool HadTargets(BondOptions before) =>
        !before[BondOptions.Known.ArpTargets].AddressList.IsEmpty || !before[BondOptions.Known.NeighborTargets].AddressList.IsEmpty;
}
