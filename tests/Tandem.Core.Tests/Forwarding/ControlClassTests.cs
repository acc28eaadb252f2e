using Tandem.Core.Forwarding;
using Xunit;

namespace Tandem.Core.Tests.Forwarding;

public class ControlClassTests
{
    private const string Station = "020000000002020000000001";
    private const string All = "ffffffffffff020000000001";
    private const string Group = "3333ff000001020000000001";
    private const string Slow = "0180c2000002020000000001";

    // 40 bytes of an IPv6 header whose next header is ICMPv6.
    private const string Ip6 = "86dd6000000000183aff" + "fe800000000000000000000000000001" + "ff0200000000000000000001ff000002";

    public static TheoryData<string, ControlClass?> Untagged =>
        new()
        {
            { Station + "0806", ControlClass.ArpToStation },
            { All + "0806", ControlClass.ArpToGroup },
            { Station + "810000010806", ControlClass.ArpToStation },
            { All + "88a80001810000020806", ControlClass.ArpToGroup },
            { All + "88a8000188a8000281000002" + "0806", null },
            { Station + Ip6 + "87", ControlClass.NeighborToStation },
            { Group + Ip6 + "88", ControlClass.NeighborToGroup },
            { Group + "81000005" + Ip6 + "87", ControlClass.NeighborToGroup },
            { Group + Ip6 + "86", null },
            { Group + Ip6, null },
            { Station + "0800", null },
            { Slow + "88090a", ControlClass.OtherSlow },
            { Slow + "880901" + new string('0', 218), ControlClass.Lacpdu },
            { Slow + "880901" + new string('0', 216), ControlClass.OtherSlow },
            { Station + "8809", null },
            { Station + "08", null },
            { "", null },
        };

    [Theory]
    [MemberData(nameof(Untagged))]
    public void A_frame_has_the_class_of_its_protocol(string frame, ControlClass? expected) =>
        Assert.Same(expected, ControlClass.Of(Convert.FromHexString(frame), hasTag: false));

    [Theory]
    [InlineData(All + "0806", true)]
    [InlineData(All + "81000002" + "0806", true)]
    [InlineData(All + "8100000281000003" + "0806", false)]
    [InlineData(Slow + "88090a", false)]
    public void Behind_a_tag_that_was_taken_off_there_may_be_one_more(string frame, bool isArp) =>
        Assert.Same(isArp ? ControlClass.ArpToGroup : null, ControlClass.Of(Convert.FromHexString(frame), hasTag: true));

    [Fact]
    public void Each_class_has_its_own_place_and_belongs_to_one_kind()
    {
        Assert.Equal(Enumerable.Range(0, ControlClass.All.Length), ControlClass.All.Select(c => c.Index));
        Assert.All(ControlClass.All, c => Assert.Equal(1, int.PopCount((int)c.Kind)));
    }

    [Fact]
    public void Our_own_frames_that_came_back_have_a_class_of_their_own()
    {
        var own = new MacAddress(0x0200_0000_0001);
        var arp = Convert.FromHexString("ffffffffffff" + "020000000001" + "0806" + "0001080006040001");
        Assert.Same(ControlClass.ArpEcho, ControlClass.Of(arp, hasTag: false, own));
        Assert.Same(ControlClass.ArpToGroup, ControlClass.Of(arp, hasTag: false, new MacAddress(0x0200_0000_0002)));
        Assert.Same(ControlClass.ArpToGroup, ControlClass.Of(arp, hasTag: false));
        arp[0] = 2;
        Assert.Same(ControlClass.ArpToStation, ControlClass.Of(arp, hasTag: false, own));
    }
}
