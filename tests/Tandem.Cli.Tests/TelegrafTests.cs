using System.Globalization;
using Tandem.Api;
using Tandem.Api.Texts;
using Tandem.Cli.Help;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>
/// The values that telegraf's input <c>bond</c> reads in <c>/proc/net/bonding</c>, by its documented rules. From lines "NAME: VALUE" it takes the
/// active member and the first MII Status for the bond. Then for each member it takes, in this order, MII Status, Link Failure Count, and in
/// 802.3ad the two Churned Counts.
/// </summary>
public sealed class TelegrafTests
{
    private sealed record Slave(string Name, bool IsUp, int Failures, int? ActorChurned, int? PartnerChurned);

    private sealed record Seen(string? ActiveSlave, bool IsUp, IReadOnlyList<Slave> Slaves);

    [Theory]
    [InlineData("0-balance-rr.3-up")]
    [InlineData("1-active-backup.3-up")]
    [InlineData("1-active-backup.4-s0-no-carrier")]
    [InlineData("2-balance-xor.3-up")]
    [InlineData("4-802.3ad.3-up")]
    [InlineData("6-balance-alb.3-up")]
    public void Telegraf_reads_the_state_of_bond_and_members(string name)
    {
        var bond = RecordedState.Load(name).Bond;
        var seen = Read(BondStatusText.Format(bond, HelpText.Version));
        Assert.Equal(bond.Carrier, seen.IsUp);
        Assert.Equal(bond.ActiveMember, seen.ActiveSlave);
        Assert.Equal(bond.Members.Select(Expected), seen.Slaves);
        Assert.Equal(name.StartsWith('4'), seen.Slaves.All(slave => slave.PartnerChurned is not null));
    }

    private static Slave Expected(MemberResource member)
    {
        var isLacp = member.Data["ad_aggregator_id"] is not null;
        return new(
            member.Name,
            BondStatusText.MiiStatusOf(member) == "up",
            (int)member.Data["link_failure_count"]!,
            isLacp ? 0 : null,
            isLacp ? 0 : null
        );
    }

    private static Seen Read(string text)
    {
        string? active = null;
        bool? isUp = null;
        var slaves = new List<Slave>();
        foreach (var line in text.Split('\n'))
        {
            if (line.Split(": ", 2) is not [var name, var value])
                continue;
            switch (name.Trim())
            {
                case "Slave Interface":
                    slaves.Add(new Slave(value, IsUp: false, -1, null, null));
                    break;
                case "Currently Active Slave" when slaves.Count == 0:
                    active = value == "None" ? null : value;
                    break;
                case "MII Status" when slaves.Count == 0:
                    isUp ??= value == "up";
                    break;
                case "MII Status":
                    slaves[^1] = slaves[^1] with { IsUp = value == "up" };
                    break;
                case "Link Failure Count":
                    slaves[^1] = slaves[^1] with { Failures = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "Actor Churned Count":
                    slaves[^1] = slaves[^1] with { ActorChurned = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "Partner Churned Count":
                    Assert.NotNull(slaves[^1].ActorChurned);
                    slaves[^1] = slaves[^1] with { PartnerChurned = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
            }
        }
        return new Seen(active, isUp ?? throw new InvalidDataException("no status"), slaves);
    }
}
