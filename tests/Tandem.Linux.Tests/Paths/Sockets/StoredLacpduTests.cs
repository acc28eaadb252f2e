using Tandem.Core;
using Tandem.Core.Packets;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Sockets;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Paths.Sockets;

/// <summary>How long a stored LACPDU is repeated, in virtual time.</summary>
public class StoredLacpduTests
{
    private const byte ShortTimeout = 0x02;

    [Theory]
    [InlineData(ShortTimeout, 3)]
    [InlineData(0, 90)]
    public void An_lacpdu_is_said_again_for_as_long_as_the_sender_waits_for_a_partner_that_is_not_heard(byte state, int timeout)
    {
        Netns.Require();
        using var here = new Netns();
        here.AddVeth("m0", here, "p0");
        here.Ip("link set m0 up");
        here.Ip("link set p0 up");
        using var peer = here.Run(() => new RawSocket("p0"));
        using var route = here.Run(() => new RouteSocket());
        using var member = here.Run(() => MemberSockets.Open(0, route.GetLink("m0").Value!.Ifindex, MemberSockets.NoFilter).Value!);
        var lacpdu = Frame(state, 1);
        var begin = 1000 * Clock.Second;

        member.Stored.Store(lacpdu, begin, begin + Clock.Second);
        Assert.Equal(timeout, Sent(begin, seconds: timeout + 20));
        // When the partner is heard again, the repetition goes on for as long.
        var heard = begin + ((timeout + 20) * Clock.Second);
        member.Stored.Heard(heard);
        Assert.Equal(timeout, Sent(heard, seconds: timeout + 20));
        member.Stored.Heard(heard + ((timeout + 20) * Clock.Second));
        member.Stored.Forget();
        Assert.Equal(0, Sent(heard + ((timeout + 20) * Clock.Second), seconds: 20));

        int Sent(long from, int seconds)
        {
            for (var i = 1; i <= seconds; i++)
                member.Stored.SendIfDue(member, from + (i * Clock.Second));
            var end = Frame(state, 2);
            Assert.True(member.Send(end).IsOk);
            var count = 0;
            peer.Receive(frame =>
            {
                count += frame.AsSpan().SequenceEqual(lacpdu) ? 1 : 0;
                return frame.AsSpan().SequenceEqual(end);
            });
            return count;
        }
    }

    private static byte[] Frame(byte state, byte number)
    {
        var frame = new byte[SlowProtocols.FrameLength];
        byte[] group = [0x01, 0x80, 0xc2, 0x00, 0x00, 0x02];
        group.CopyTo(frame, 0);
        (frame[11], frame[12], frame[13], frame[14], frame[15]) = (2, 0x88, 0x09, 1, 1);
        (frame[32], frame[^1]) = (state, number);
        return frame;
    }
}
