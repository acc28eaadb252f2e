using Tandem.Core.Forwarding;
using Tandem.Linux.Paths.Kernel;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>The table by which programs find the member on which a frame arrived.</summary>
public class MemberTableTests
{
    private const int Redirect = 7; // TC_ACT_REDIRECT
    private const int Ok = 0; // TC_ACT_OK
    private static readonly byte[] Frame = [0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 0x08, 0x00, .. new byte[46]];

    [Fact]
    public void Members_whose_numbers_share_a_place_are_told_apart_and_found_when_others_went()
    {
        Netns.Require();
        using var run = new ProgramRun(2);
        // Three numbers share the last place of the table, and one has the first.
        int[] ifindexes = [1023, 1023 + MemberTable.Places, 1023 + (2 * MemberTable.Places), 1024];
        foreach (var ifindex in ifindexes)
            run.Ip($"link add c{ifindex} index {ifindex} type veth peer name p{ifindex}");
        run.Inside(() =>
        {
            Assert.True(run.Path.TakeFrames().IsOk);
            for (var slot = 0; slot < ifindexes.Length; slot++)
                Assert.True(run.Path.OpenSlot(slot + 2, ifindexes[slot]).IsOk);
        });
        run.Path.Publish(BondedPair.PlanOf(6, 0) with { Deliver = 0b111100 });

        foreach (var ifindex in ifindexes)
            Assert.Equal(Redirect, run.Receive(Frame, ifindex));
        Assert.Equal([1, 1, 1, 1], Received());

        run.Inside(() => run.Path.CloseSlot(3));
        Assert.Equal(Ok, run.Receive(Frame, ifindexes[1]));
        Assert.Equal(Redirect, run.Receive(Frame, ifindexes[2]));
        Assert.Equal(Redirect, run.Receive(Frame, ifindexes[3]));
        Assert.Equal([1, 0, 2, 2], Received());

        // The place can be used again.
        run.Inside(() => Assert.True(run.Path.OpenSlot(3, ifindexes[1]).IsOk));
        Assert.Equal(Redirect, run.Receive(Frame, ifindexes[1]));
        Assert.Equal([1, 1, 2, 2], Received());

        // When every place has been used, interfaces that are no members are still not found.
        run.Inside(() =>
        {
            // These interfaces do not exist, so they are refused.
            for (var ifindex = 2000; ifindex < 2000 + MemberTable.Places; ifindex++)
                Assert.False(run.Path.OpenSlot(9, ifindex).IsOk);
        });
        Assert.Equal(Ok, run.Receive(Frame, 1));
        Assert.Equal(Redirect, run.Receive(Frame, ifindexes[3]));

        ulong[] Received() => [.. Enumerable.Range(2, 4).Select(slot => run.Path.ReadCounters(slot).RxFrames)];
    }

    [Fact]
    public void Removing_an_unknown_interface_changes_nothing()
    {
        var places = new ulong[MemberTable.Places];
        new MemberTable(places).Remove(0);
        new MemberTable(places).Remove(7);
        Assert.All(places, static place => Assert.Equal(0u, place));
    }

    [Fact]
    public void The_table_holds_what_a_dictionary_would()
    {
        var random = new Random(1);
        var places = new ulong[MemberTable.Places];
        var expected = new Dictionary<int, int>();
        for (var i = 0; i < 20_000; i++)
        {
            var table = new MemberTable(places);
            // Few home places, so that most are taken.
            var ifindex = 1 + random.Next(8) + (MemberTable.Places * random.Next(40));
            if (random.Next(2) == 0 || (expected.Count == ForwardingPlan.MaxMembers && !expected.ContainsKey(ifindex)))
            {
                table.Remove(ifindex);
                expected.Remove(ifindex);
            }
            else
            {
                table.Set(ifindex, i % ForwardingPlan.MaxMembers);
                expected[ifindex] = i % ForwardingPlan.MaxMembers;
            }
            Assert.Equal(
                expected.OrderBy(pair => pair.Key).Select(pair => ((ulong)pair.Value << 32) | (uint)pair.Key),
                places.Where(place => place is not 0 and not uint.MaxValue).OrderBy(place => (uint)place)
            );
        }
    }
}
