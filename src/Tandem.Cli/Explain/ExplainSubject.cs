using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Explaining;
using Tandem.Core.Hashing;
using Tandem.Core.Options;

namespace Tandem.Cli.Explain;

/// <summary>A member that carries no frames.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record IdleMember(string Name, string Reason);

/// <summary>Whose members are chosen from: a live bond's or described ones.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Policy">What the hash is made of.</param>
/// <param name="Members">How many members can carry frames.</param>
internal sealed record ExplainSubject(BondMode Mode, HashPolicy Policy, int Members)
{
    /// <summary>Names of those members; empty if they have none.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Members that LACP keeps from carrying frames, and why.</summary>
    public IReadOnlyList<IdleMember> Idle { get; init; } = [];

    /// <summary>The bond's own address.</summary>
    public MacAddress? Address { get; init; }

    /// <summary>The member that is active, where the mode has one.</summary>
    public string? Active { get; init; }

    /// <summary>What the options say; a mode that hashes unless they say another.</summary>
    public static ExplainSubject Of(ExplainArguments arguments) =>
        new(arguments.Mode ?? BondMode.BalanceXor, arguments.Policy ?? HashPolicy.Layer2, arguments.Members!.Value);

    /// <summary>What the service says about a bond.</summary>
    public static ExplainSubject Of(BondResource bond, ExplainArguments arguments)
    {
        var mode = (BondMode)NumberOf(bond, BondOptions.Known.Mode);
        var names = bond.Members.Where(member => CanCarry(mode, member)).Select(member => member.Name).ToList();
        var idle = bond.Members.Where(member => member.Lacp?.WaitsFor is not null);
        var policy = arguments.Policy ?? (HashPolicy)NumberOf(bond, BondOptions.Known.HashPolicy);
        return new ExplainSubject(mode, policy, names.Count)
        {
            Names = names,
            Idle = [.. idle.Select(member => new IdleMember(member.Name, member.Lacp!.WaitsFor!))],
            Address = MacAddress.TryParse(bond.Link.Address, out var address) ? address : null,
            Active = bond.ActiveMember,
        };
    }

    /// <summary>The name of a member; null if it has none.</summary>
    public string? NameOf(int? member) => member is { } index && index < Names.Count ? Names[index] : null;

    /// <summary>Explains a frame.</summary>
    public Explanation Explain(byte[] frame)
    {
        var explanation = FrameExplainer.Explain(Mode, Policy, Members, frame);
        if (Mode != BondMode.ActiveBackup || Active is null)
            return explanation;
        var index = Names.ToList().IndexOf(Active);
        return index < 0 ? explanation : explanation with { Member = index };
    }

    // In LACP a member may be up and yet not belong to the active aggregator; everywhere else up is enough.
    private static bool CanCarry(BondMode mode, MemberResource member) =>
        member.Data["mii_status"]?.ToString() == "UP" && (mode != BondMode.Lacp || member.Data["state"]?.ToString() == "ACTIVE");

    private static int NumberOf(BondResource bond, BondOption option) =>
        Math.Max(0, option.Choices.IndexOf(bond.Options[option.JsonName]?.ToString() ?? ""));
}
