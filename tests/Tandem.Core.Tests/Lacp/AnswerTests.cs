using Tandem.Core.Lacp;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The LACPDU that the data path may repeat while the service is late.</summary>
public sealed class AnswerTests
{
    private readonly World _world = new();
    private readonly Station _a;
    private readonly IReadOnlyList<Cable> _cables;

    public AnswerTests()
    {
        _a = _world.AddStation("a", 2);
        var b = _world.AddStation("b", 2);
        _cables = _world.Connect(_a, b);
        foreach (var station in new[] { _a, b })
            station.Start("mode", "802.3ad", "lacp_rate", "fast");
        _world.Run(10_000);
    }

    [Fact]
    public void It_is_the_last_lacpdu_and_due_when_the_next_is_overdue_before_the_partner_gives_up()
    {
        foreach (var member in _a.Bond.Members)
        {
            var (frame, due) = _a.Answers[member.Slot]!.Value;
            Assert.True(member.Lacp!.LastSent.SequenceEqual(frame));
            Assert.Equal(FrameDefect.None, Lacpdu.Read(frame.AsSpan(14), out var pdu, out _));
            Assert.True(pdu.Actor.State.Has(LacpState.Distributing));
            // The last LACPDU left at most a second ago, and a partner at the fast rate waits for three.
            Assert.InRange(due - _world.Now, 333 * Clock.Millisecond, 1_334 * Clock.Millisecond);
        }
    }

    [Fact]
    public void A_service_that_is_in_time_is_never_answered_for()
    {
        for (var i = 0; i < 5_000; i++)
        {
            _world.Run(1);
            Assert.All(_a.Answers.Values, answer => Assert.True(answer!.Value.Due > _world.Now));
        }
    }

    [Fact]
    public void There_is_none_for_a_link_that_carries_nothing()
    {
        _a.Set(_a.Ports[0], "drain", "on");
        _world.Run(10_000);
        Assert.Null(_a.Answers[0]);
        Assert.NotNull(_a.Answers[1]);
        Assert.Null(_a.Leave(_a.Ports[1]));
        Assert.Null(_a.Answers[1]);
    }

    [Fact]
    public void A_link_that_was_lost_is_not_spoken_for_when_it_comes_back()
    {
        _cables[0].Cut();
        _world.Run(1);
        Assert.Null(_a.Answers[0]);
        Assert.NotNull(_a.Answers[1]);
    }
}
