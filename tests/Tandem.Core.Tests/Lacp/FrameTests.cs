using CsCheck;
using Tandem.Core.Lacp;
using Tandem.Core.Packets;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The golden frames V1 to V12, their damaged forms N1 to N18, and the catalogue's cases T51, T52 and T111 to T113.</summary>
public sealed class FrameTests
{
    private static readonly PortInfo Host = new(new SystemId(0x8000, LacpBench.OwnSystem), 17, 0x8000, 1, (LacpState)0x3f);
    private static readonly PortInfo Switch = new(ScriptedPeer.Switch, 1001, 0x80, 0x101, (LacpState)0x3d);

    public static TheoryData<string, byte[], PortInfo, PortInfo, ushort> Written =>
        new()
        {
            { "V1", GoldenFrames.V1, Host with { State = (LacpState)0xc7 }, default(PortInfo) with { State = (LacpState)2 }, 0 },
            { "V2", GoldenFrames.V2, Host with { State = (LacpState)0x45 }, default, 0 },
            { "V3", GoldenFrames.V3, Host with { State = (LacpState)0x0f }, Switch with { State = (LacpState)5 }, 0 },
            { "V4", GoldenFrames.V4, Switch with { State = (LacpState)0x1d }, Host with { State = (LacpState)0x0f }, 5 },
            { "V5", GoldenFrames.V5, Host, Switch with { State = (LacpState)0x1d }, 0 },
            { "V6", GoldenFrames.V6, Switch with { State = (LacpState)0x8d }, Host with { State = (LacpState)0x37 }, 5 },
            { "V7", GoldenFrames.V7, Host with { State = (LacpState)0x39 }, Switch, 0 },
            { "V8", GoldenFrames.V8, Host with { State = (LacpState)7 }, Switch, 0 },
            { "V11", GoldenFrames.V11, Switch, Host, 5 },
            { "V12", GoldenFrames.V12, Switch, Host, 0 },
        };

    [Theory, Case("V1"), Case("V2"), Case("V3"), Case("V4"), Case("V5"), Case("V6"), Case("V7"), Case("V8"), Case("V11"), Case("V12")]
    [MemberData(nameof(Written))]
    public void A_golden_frame_is_read_and_written(string name, byte[] frame, PortInfo actor, PortInfo partner, ushort delay)
    {
        Assert.Equal(FrameDefect.None, Lacpdu.Read(frame.AsSpan(14), out var pdu, out var oddities));
        Assert.Equal((actor, partner, delay), (pdu.Actor, pdu.Partner, pdu.CollectorMaxDelay));
        Assert.Equal(LacpduOddities.None, oddities);
        Assert.Equal(name == "V12" ? 5 : 3, pdu.RetryCount);
        if (delay != 0 || name is "V11" or "V12")
            return;
        var written = new byte[SlowProtocols.FrameLength];
        Lacpdu.Write(written, MacAddress.Read(frame.AsSpan(6)), actor, partner);
        Assert.Equal(frame, written);
    }

    [Fact, Case("V9"), Case("V10")]
    public void A_marker_is_answered_with_the_golden_response()
    {
        var written = new byte[SlowProtocols.FrameLength];
        MarkerPdu.WriteResponse(written, MacAddress.Read(GoldenFrames.V10.AsSpan(6)), GoldenFrames.V9.AsSpan(14));
        Assert.Equal(GoldenFrames.V10, written);
        Assert.Equal((1, 2), (MarkerPdu.TypeOf(GoldenFrames.V9.AsSpan(14)), MarkerPdu.TypeOf(GoldenFrames.V10.AsSpan(14))));
    }

    [Fact]
    public void Whatever_is_written_is_read_again()
    {
        var info =
            from priority in Gen.UShort
            from address in Gen.ULong[1, 0xfeff_ffff_ffff]
            from key in Gen.UShort
            from port in Gen.UShort
            from state in Gen.Byte
            select new PortInfo(
                new SystemId(priority, new MacAddress(address & 0xfeff_ffff_ffff | 0x0200_0000_0000)),
                key,
                priority,
                port,
                (LacpState)state
            );
        Gen.Select(info, info)
            .Sample(
                (actor, partner) =>
                {
                    var frame = new byte[SlowProtocols.FrameLength];
                    Lacpdu.Write(frame, LacpBench.OwnSystem, actor, partner);
                    Assert.Equal(FrameDefect.None, Lacpdu.Read(frame.AsSpan(14), out var pdu, out _));
                    Assert.Equal((actor, partner), (pdu.Actor, pdu.Partner));
                }
            );
    }

    private static byte[] Change(byte[] frame, params (int Offset, byte Value)[] changes)
    {
        var changed = frame.ToArray();
        foreach (var (offset, value) in changes)
            changed[offset] = value;
        return changed;
    }

    private static byte[] From(ScriptedPeer peer) => peer.Frame(0x3f);

    // Effects of a damaged form of the partner's usual LACPDU: the counter that grows (null for none), and whether the bond accepts the LACPDU.
    private static readonly (string Name, Func<byte[], byte[]> Damage, LacpCounter? Counter, bool IsTaken)[] Damages =
    [
        ("N1", frame => frame[..123], LacpCounter.TooShort, false),
        ("N2", frame => frame[..15], LacpCounter.TooShort, false),
        ("N2", frame => frame[..14], LacpCounter.TooShort, false),
        ("N3", frame => Change(frame, (17, 0x13)), LacpCounter.Illegal, false),
        ("N4", frame => Change(frame, (37, 0x15)), LacpCounter.Illegal, false),
        ("N5", frame => Change(frame, (16, 9)), LacpCounter.OddType, true),
        ("N6", frame => Change(frame, (57, 0)), LacpCounter.OddTrailer, true),
        ("N7", frame => Change(frame, (72, 0x42), (73, 0xff)), LacpCounter.OddTrailer, true),
        ("N8", frame => Change(frame, (72, 0x42), (73, 1)), LacpCounter.OddTrailer, true),
        ("N9", frame => Change(frame, (15, 0)), LacpCounter.OddVersion, true),
        ("N10", frame => Change(frame, (33, 255), (34, 255), (35, 255), (53, 255), (54, 255), (55, 255), (60, 255), (71, 255)), null, true),
        ("N11", frame => [.. frame, 1, 2, 3, 4], null, true),
        ("N12", frame => Change(frame, (14, 0)), LacpCounter.UnknownSubtype, false),
        ("N12", frame => Change(frame, (14, 11)), LacpCounter.UnknownSubtype, false),
        ("OAM", frame => Change(frame, (14, 3)), LacpCounter.OtherProtocol, false),
        ("N13", frame => Change(frame, (0, 2)), null, false),
        ("N14", frame => Change(frame, (6, 3)), LacpCounter.BadSource, false),
        ("N15", frame => [.. frame[..12], 0x81, 0, 0, 10, .. frame[12..]], null, false),
        ("N16", frame => [.. frame[..20], 0, 0, 0, 0, 0, 0, .. frame[26..]], LacpCounter.BogusActor, false),
        ("N16", frame => [.. frame[..20], 255, 255, 255, 255, 255, 255, .. frame[26..]], LacpCounter.BogusActor, false),
        ("zero key", frame => Change(frame, (26, 0), (27, 0)), LacpCounter.OddZero, true),
    ];

    [Fact, Case("T112"), Case("T51"), Case("N1"), Case("N2"), Case("N3"), Case("N4"), Case("N5"), Case("N6"), Case("N7"), Case("N8")]
    [Case("N9"), Case("N10"), Case("N11"), Case("N12"), Case("N13"), Case("N14"), Case("N15"), Case("N16")]
    public void Damaged_frames_are_counted_by_kind_and_dropped_or_let_pass()
    {
        foreach (var (name, damage, counter, isTaken) in Damages)
        {
            var bench = new LacpBench(1).Steady();
            bench.RunTo(0.5);
            var counters = bench.Port(0).Counters;
            var before = Enum.GetValues<LacpCounter>().ToDictionary(each => each, each => counters[each]);
            bench.Deliver(0, damage(From(bench.Peers[0])));
            foreach (var each in Enum.GetValues<LacpCounter>())
            {
                var grows = each == counter || (each == LacpCounter.LacpduReceived && isTaken);
                if (name != "zero key")
                    Assert.Equal((name, each, grows ? 1UL : 0), (name, each, counters[each] - before[each]));
            }
            Assert.Equal(name != "zero key", bench.Distributes());
        }
    }

    [Fact, Case("T52"), Case("V11"), Case("V12")]
    public void Newer_versions_count_as_version_1()
    {
        foreach (var frame in (byte[][])[GoldenFrames.V11, GoldenFrames.V12])
        {
            var bench = new LacpBench(1, "lacp_aggregate_wait", "0").Up();
            bench.Deliver(0, frame);
            bench.Deliver(0, frame);
            Assert.True(bench.Distributes());
        }
    }

    [Fact, Case("T113")]
    public void The_collectors_delay_is_recorded_and_no_more()
    {
        var bench = new LacpBench(1).Steady();
        bench.RunTo(0.5);
        var sent = bench.Sent.Count;
        bench.Deliver(0, Change(From(bench.Peers[0]), (59, 7)));
        Assert.Equal((7, sent), (bench.Port(0).PartnerCollectorDelay, bench.Sent.Count));
    }

    [Fact, Case("T111")]
    public void A_LACPDU_that_changes_nothing_allocates_nothing()
    {
        var bench = new LacpBench(1).Steady();
        (bench.ChecksInvariants, bench.KeepsFrames) = (false, false);
        var frame = From(bench.Peers[0]);
        for (var i = 0; i < 2_000; i++)
            Tick();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++)
            Tick();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Tick()
        {
            bench.Pause(0.03);
            bench.Bond.FrameReceived(bench.Now, 10, frame);
        }
    }

    [Fact, Case("T111")]
    public void A_million_frames_of_noise_throw_nothing_allocate_nothing_and_change_nothing()
    {
        var bench = new LacpBench(1).Steady();
        (bench.ChecksInvariants, bench.KeepsFrames) = (false, false);
        var random = new Random(7);
        var frame = new byte[1614];
        SlowProtocols.Group.Write(frame);
        (frame[6], frame[12], frame[13]) = (2, 0x88, 0x09);
        var golden = From(bench.Peers[0]);
        Noise(bench, random, frame, golden, 10_000);
        var events = bench.Events.Count;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Noise(bench, random, frame, golden, 1_000_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // Frames allocate nothing. Some mutated LACPDUs make the link come and go, which creates new plans.
        Assert.InRange(allocated, 0, 10_000_000);
        // Events about the link and the carrier are limited in number.
        Assert.InRange(bench.Events.Count - events, 0, 80);
        LacpInvariants.Check(bench.Bond, bench.Now);
        var counters = bench.Port(0).Counters;
        Assert.All(
            [LacpCounter.TooShort, LacpCounter.Illegal, LacpCounter.UnknownSubtype, LacpCounter.MarkerIllegal, LacpCounter.Storm],
            counter => Assert.True(counters[counter] > 1_000, counter.ToString())
        );
    }

    // Half of the frames are random behind the type; the other half are the partner's LACPDU with a few octets changed. Each takes a tenth of a
    // millisecond.
    private static void Noise(LacpBench bench, Random random, byte[] frame, byte[] golden, int count)
    {
        for (var i = 0; i < count; i++)
        {
            bench.Pause(0.0001);
            if (bench.Bond.NextDeadline <= bench.Now)
                bench.Bond.Advance(bench.Now);
            var length = 14 + random.Next(random.Next(1601));
            if (i % 2 == 0)
            {
                random.NextBytes(frame.AsSpan(14, length - 14));
                if (length > 14 && i % 4 == 0)
                    frame[14] = (byte)(1 + i % 8 / 4);
            }
            else
            {
                golden.CopyTo(frame, 0);
                for (var change = random.Next(4); change > 0; change--)
                    frame[14 + random.Next(110)] = (byte)random.Next(256);
                length = random.Next(8) == 0 ? random.Next(124) : 124;
            }
            bench.Bond.FrameReceived(bench.Now, 10, frame.AsSpan(0, length));
        }
    }
}
