using System.Globalization;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

/// <summary>Members that are tied to transmit queues of the bond's device.</summary>
public sealed class QueueTests
{
    private readonly World _world = new();
    private readonly Station _a;
    private readonly IReadOnlyList<Cable> _cables;

    public QueueTests()
    {
        _a = _world.AddStation("a", 2);
        var b = _world.AddStation("b", 2);
        _cables = _world.Connect(_a, b);
        b.Start();
    }

    [Theory]
    [InlineData("active-backup", true)]
    [InlineData("balance-rr", true)]
    [InlineData("balance-xor", false)]
    [InlineData("broadcast", false)]
    public void A_queue_leads_to_its_member_in_two_modes_and_on_a_standby_too(string mode, bool isUsed)
    {
        _a.Start("mode", mode);
        Assert.Null(SetQueue(member: 1, queue: 3));
        QueueSlot[] expected = isUsed ? [new(3, (byte)_a.Member(1).Slot)] : [];
        Assert.Equal(expected, _a.Plan.Queues);
    }

    [Fact]
    public void A_queue_whose_member_has_no_link_is_as_any_other()
    {
        _a.Start("mode", "active-backup");
        Assert.Null(SetQueue(member: 1, queue: 3));
        _cables[1].Cut();
        _world.Run(milliseconds: 1000);
        Assert.Empty(_a.Plan.Queues);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void There_are_as_many_queues_as_with_the_driver(int queue, bool isAccepted)
    {
        _a.Start("mode", "active-backup");
        var refusal = SetQueue(member: 0, queue);
        Assert.Equal(isAccepted, refusal is null);
        if (!isAccepted)
            Assert.Contains("bond0 has 16 transmit queues; accepted: 0 to 16 ", refusal!.Message, StringComparison.Ordinal);
    }

    private OptionError? SetQueue(int member, int queue)
    {
        var option = BondOptionTable.Get(OptionScope.Member, "queue_id");
        Assert.True(OptionParser.TryParse(option, queue.ToString(CultureInfo.InvariantCulture), out var value, out _));
        return _a.Bond.ChangeMember(_world.Now, _a.Member(member).Ifindex, [new(option, value)]);
    }
}
