using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Explaining;
using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;
using Tandem.Core.Options;
using Tandem.Core.Packets;

namespace Tandem.Cli.Explain;

/// <summary>A member that carries no frames.</summary>
/// <param name="Name">The member's name.</param>
/// <param name="Reason">Why it carries none, as text.</param>
internal sealed record IdleMember(string Name, string Reason);

/// <summary>The bond for which a frame is explained: a running one with the plan in use, or a described one.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Plan">The plan; its slots are indexes into <paramref name="Names"/>, or member numbers if there are no names.</param>
/// <param name="Members">Number of members that can carry frames.</param>
/// <param name="Names">The members' names; empty for a described bond.</param>
internal sealed record ExplainSubject(BondMode Mode, ForwardingPlan Plan, int Members, IReadOnlyList<string> Names)
{
    /// <summary>Members that carry no frames because of LACP, with the reason.</summary>
    public IReadOnlyList<IdleMember> Idle { get; init; } = [];

    /// <summary>The bond's address; null for a described bond.</summary>
    public MacAddress? Address { get; init; }

    /// <summary>Assumptions about a described bond, if they affect the answer; else null.</summary>
    public string? Assumed { get; init; }

    /// <summary>A bond described by options. The default is a mode that hashes.</summary>
    public static ExplainSubject Of(ExplainArguments arguments)
    {
        var (mode, members) = (arguments.Mode ?? BondMode.BalanceXor, arguments.Members!.Value);
        return new(mode, PaperBond.Plan(mode, arguments.Policy ?? HashPolicy.Layer2, members), members, [])
        {
            Assumed = mode switch
            {
                BondMode.ActiveBackup => "the first member is the active one",
                BondMode.Lacp => "the partner agreed to all links",
                BondMode.BalanceTlb or BondMode.BalanceAlb =>
                    "the frame is the bond's own, the first member is the active one, no load was measured yet",
                _ => null,
            },
        };
    }

    /// <summary>A running bond.</summary>
    public static ExplainSubject Of(BondResource bond, PlanResource published, ExplainArguments arguments)
    {
        var (plan, names) = PlanJson.Read(published);
        var idle = bond.Members.Where(member => member.Lacp?.WaitsFor is not null);
        var mode = BondOptions.Known.Mode.Choices.IndexOf(bond.Options[BondOptions.Known.Mode.JsonName]?.ToString() ?? "");
        return new ExplainSubject(
            (BondMode)Math.Max(0, mode),
            arguments.Policy is { } policy ? plan with { Policy = policy } : plan,
            plan.Transmit.Distinct().Count(),
            names
        )
        {
            Idle = [.. idle.Select(member => new IdleMember(member.Name, member.Lacp!.WaitsFor!))],
            Address = MacAddress.TryParse(bond.Link.Address, out var address) ? address : null,
        };
    }

    /// <summary>The name of a member; null if it has none.</summary>
    public string? NameOf(int? member) => member is { } index && index < Names.Count ? Names[index] : null;

    /// <summary>Explains a frame.</summary>
    public Explanation Explain(byte[] frame)
    {
        var explanation = FrameExplainer.Explain(PlanFor(frame), frame);
        // Members of a described bond have no addresses.
        return Assumed is null ? explanation : explanation with { Source = null };
    }

    /// <summary>The plan for a frame. A described bond has no address: it takes the frame's source address for its own.</summary>
    public ForwardingPlan PlanFor(ReadOnlySpan<byte> frame) =>
        Assumed is not null && Plan.Balancing is { } rule && frame.Length >= EthernetHeader.Length
            ? Plan with
            {
                Balancing = rule with { Address = MacAddress.Read(frame[MacAddress.Length..]) },
            }
            : Plan;
}
