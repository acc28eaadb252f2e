using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;
using Tandem.Linux.Paths.Sockets;

namespace Tandem.Linux.Tests.Paths.Sockets;

public class ControlFramesTests
{
    private readonly ControlFrames _frames = new();
    private readonly byte[] _taken = new byte[ControlFrames.FrameLength];
    private long _now = 5 * Clock.Second;

    [Fact]
    public void Frames_come_out_whole_and_in_order()
    {
        for (byte number = 0; number < 100; number++)
        {
            _now += Clock.Second;
            Assert.True(_frames.TryPut(ControlClass.Lacpdu, Lacpdu(number), _now));
            Assert.True(_frames.TryPut(ControlClass.Lacpdu, Lacpdu((byte)(number + 1)), _now));
            Assert.Equal(SlowProtocols.FrameLength, _frames.Take(_taken));
            Assert.Equal(Lacpdu(number), _taken[..SlowProtocols.FrameLength]);
            Assert.Equal(SlowProtocols.FrameLength, _frames.Take(_taken));
            Assert.Equal(Lacpdu((byte)(number + 1)), _taken[..SlowProtocols.FrameLength]);
            Assert.Equal(0, _frames.Take(_taken));
        }
        Assert.Equal(0ul, _frames.Excess);
    }

    [Theory]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(ControlFrames.FrameLength - 1)]
    [InlineData(ControlFrames.FrameLength)]
    [InlineData(ControlFrames.FrameLength + 1)]
    [InlineData(65535)]
    public void Frames_of_any_length_are_taken_and_long_ones_cut_off(int length)
    {
        Assert.True(_frames.TryPut(ControlClass.OtherSlow, new byte[length], _now));
        Assert.Equal(Math.Min(length, ControlFrames.FrameLength), _frames.Take(_taken));
    }

    [Fact]
    public void Other_slow_protocols_frames_leave_space_for_LACPDUs()
    {
        var others = 0;
        for (var i = 0; i < 1000; i++)
            others += _frames.TryPut(ControlClass.OtherSlow, Other(), _now) ? 1 : 0;
        Assert.Equal(10, others);
        Assert.Equal(990ul, _frames.Excess);
        for (byte i = 0; i < 6; i++)
            Assert.True(_frames.TryPut(ControlClass.Lacpdu, Lacpdu(i), _now));
        for (var i = 0; i < 16; i++)
            Assert.Equal(i < 10 ? 10 : 1, Taken()[14]);
    }

    [Fact]
    public void If_the_queue_is_full_the_latest_LACPDU_is_stored_behind_the_others()
    {
        for (byte number = 0; number < 30; number++)
            Assert.True(_frames.TryPut(ControlClass.Lacpdu, Lacpdu(number), _now += Clock.Second));
        // The frames between the sixteenth and the last are excess.
        Assert.Equal(13ul, _frames.Excess);
        Assert.Equal(Lacpdu(0), Taken());
        // There is room again, but no frame overtakes the one that waits.
        Assert.True(_frames.TryPut(ControlClass.Lacpdu, Lacpdu(30), _now += Clock.Second));
        for (byte number = 1; number < 16; number++)
            Assert.Equal(Lacpdu(number), Taken());
        Assert.Equal(Lacpdu(30), Taken());
        Assert.Empty(Taken());
        Assert.True(_frames.TryPut(ControlClass.Lacpdu, Lacpdu(31), _now += Clock.Second));
        Assert.Equal(Lacpdu(31), Taken());
        Assert.Equal(14ul, _frames.Excess);
    }

    [Fact]
    public void A_flood_is_thinned_out_however_fast_it_is_taken()
    {
        int lacpdus = 0,
            others = 0;
        for (var i = 0; i < 1_000_000; i++)
        {
            _now += Clock.Second / 100_000;
            lacpdus += _frames.TryPut(ControlClass.Lacpdu, Lacpdu(1), _now) ? 1 : 0;
            others += _frames.TryPut(ControlClass.OtherSlow, Other(), _now) ? 1 : 0;
            while (_frames.Take(_taken) > 0) { }
        }
        // In ten seconds: 100 and 20 in each second, and the initial burst.
        Assert.InRange(lacpdus, 1000, 1016);
        Assert.InRange(others, 200, 210);
        Assert.Equal(2_000_000ul - (ulong)(lacpdus + others), _frames.Excess);
    }

    [Fact]
    public void The_lacpdus_of_a_partner_come_through_a_flood_of_other_frames()
    {
        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 10_000; i++)
                _frames.TryPut(ControlClass.OtherSlow, Other(), _now += Clock.Second / 10_000);
            Assert.True(_frames.TryPut(ControlClass.Lacpdu, Lacpdu(1), _now));
            while (_frames.Take(_taken) > 0) { }
        }
    }

    [Fact]
    public void Answers_and_probes_that_come_back_come_through_a_storm_of_broadcasts()
    {
        for (var second = 0; second < 60; second++)
        {
            for (var i = 0; i < 10_000; i++)
                _frames.TryPut(ControlClass.ArpToGroup, Other(), _now += Clock.Second / 10_000);
            for (var target = 0; target < 16; target++)
            {
                Assert.True(_frames.TryPut(ControlClass.ArpToStation, Other(), _now));
                Assert.True(_frames.TryPut(ControlClass.ArpEcho, Other(), _now));
            }
            while (_frames.Take(_taken) > 0) { }
        }
    }

    [Fact]
    public void Sixteen_targets_may_answer_at_once_each_hundredth_of_a_second_beside_as_many_probes_that_come_back()
    {
        for (var pass = 0; pass < 100; pass++)
        {
            _now += 10 * Clock.Millisecond;
            for (var target = 0; target < 16; target++)
                Assert.True(_frames.TryPut(ControlClass.ArpToStation, Other(), _now));
            for (var i = 0; i < 16; i++)
                Assert.NotEmpty(Taken());
        }
        for (var pass = 0; pass < 100; pass++)
        {
            _now += 20 * Clock.Millisecond;
            for (var target = 0; target < 16; target++)
                Assert.True(_frames.TryPut(ControlClass.ArpEcho, Other(), _now));
            for (var target = 0; target < 16; target++)
                Assert.True(_frames.TryPut(ControlClass.NeighborEcho, Other(), _now));
            for (var i = 0; i < 32; i++)
                Assert.NotEmpty(Taken());
        }
    }

    [Fact]
    public void No_class_has_more_room_than_there_is() => Assert.Equal(ControlFrames.Capacity, ControlClass.All.Max(each => each.Room));

    [Fact]
    public void A_tag_that_was_taken_off_is_put_back()
    {
        byte[] frame = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x08, 0x06, 99];
        Assert.True(_frames.TryPut(ControlClass.ArpToGroup, frame, _now, new FrameTag(EtherType.ServiceVlan, 0x123)));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x88, 0xa8, 0x01, 0x23, 0x08, 0x06, 99], Taken());
        var longest = new byte[ControlFrames.FrameLength];
        longest[ControlFrames.FrameLength - 5] = 77;
        Assert.True(_frames.TryPut(ControlClass.ArpToGroup, longest, _now, new FrameTag(EtherType.Vlan, 1)));
        var taken = Taken();
        Assert.Equal((ControlFrames.FrameLength, 77), (taken.Length, taken[^1]));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var (lacpdu, other) = (Lacpdu(1), Other());
        void Pass(int count)
        {
            for (var i = 0; i < count; i++)
            {
                _now += Clock.Second / 500;
                _frames.TryPut(ControlClass.Lacpdu, lacpdu, _now);
                _frames.TryPut(ControlClass.OtherSlow, other, _now);
                _frames.Take(_taken);
            }
        }
        Pass(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass(1_000_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private byte[] Taken() => _taken[.._frames.Take(_taken)];

    private static byte[] Lacpdu(byte number)
    {
        var frame = new byte[SlowProtocols.FrameLength];
        (frame[14], frame[^1]) = (1, number);
        return frame;
    }

    private static byte[] Other()
    {
        var frame = new byte[SlowProtocols.FrameLength];
        frame[14] = 10;
        return frame;
    }
}
