using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>A route of an interface, as the kernel described it: with metrics, preferred source and whatever else it has.</summary>
/// <param name="Message">
/// The header and the attributes of its netlink message (struct rtmsg, linux/rtnetlink.h), in the machine's byte order; without its interface.
/// </param>
public sealed record SavedRoute(byte[] Message)
{
    // More than any route has; what is longer is no record of this class.
    private const int MaxLength = 768;

    private static int HeaderLength => Unsafe.SizeOf<RtMsg>();

    /// <summary>The header.</summary>
    internal RtMsg Header => Message.Length >= HeaderLength ? MemoryMarshal.Read<RtMsg>(Message) : default;

    /// <summary>
    /// Parses an RTM_NEWROUTE message. Null if the route does not lead through the interface, is the kernel's own, or comes back by itself.
    /// </summary>
    internal static SavedRoute? Parse(in NetlinkMessage message, int ifindex)
    {
        if (!message.TrySplit(out RtMsg header, out var attributes))
            return null;
        if (header.Type != Rt.RTN_UNICAST || (header.Flags & Rt.RTM_F_CLONED) != 0)
            return null;
        if (header.Protocol is Rt.RTPROT_KERNEL or Rt.RTPROT_REDIRECT or Rt.RTPROT_RA)
            return null;
        // The others describe the state of the link.
        header.Flags &= Rt.RTNH_F_ONLINK | Rt.RTNH_F_PERVASIVE;
        var writer = new NetlinkWriter(new byte[MaxLength]);
        writer.BeginMessage(Rt.RTM_NEWROUTE, 0, 0, header);
        var start = writer.Length - HeaderLength;
        var isOfInterface = false;
        while (attributes.TryNext(out var a))
        {
            switch (a.Type)
            {
                case Rt.RTA_MULTIPATH or Rt.RTA_NH_ID:
                    return null;
                case Rt.RTA_OIF:
                    isOfInterface = a.Int32 == ifindex;
                    break;
                case Rt.RTA_CACHEINFO:
                    break;
                default:
                    if (writer.Length + Nl.Align(a.Value.Length) + sizeof(uint) > MaxLength)
                        return null;
                    writer.Attribute(a.Type, a.Value);
                    break;
            }
        }
        return isOfInterface ? new SavedRoute([.. writer.Written[start..]]) : null;
    }

    /// <summary>Adds the attributes to a message. False if the record is damaged.</summary>
    internal bool Write(ref NetlinkWriter writer)
    {
        if (Message.Length < HeaderLength || Message.Length > MaxLength)
            return false;
        var attributes = new AttributeReader(Message.AsSpan(HeaderLength));
        while (attributes.TryNext(out var a))
            writer.Attribute(a.Type, a.Value);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(SavedRoute? other) => other is not null && Message.AsSpan().SequenceEqual(other.Message);

    /// <inheritdoc/>
    public override int GetHashCode() => Message.Length;
}
