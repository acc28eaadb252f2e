using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>Parses acknowledgements: the error number, and the text of the extended ack.</summary>
internal static class NetlinkError
{
    /// <summary>The result in an NLMSG_ERROR or NLMSG_DONE message.</summary>
    public static LinuxResult Read(in NetlinkMessage message)
    {
        // An empty dump may end without a number.
        if (!MemoryMarshal.TryRead(message.Payload, out int negativeErrno))
            return message.Header.Type == Nl.NLMSG_DONE ? LinuxResult.Ok : new LinuxResult(Errno.EBADMSG, "a netlink error cut short");
        if (negativeErrno >= 0)
            return LinuxResult.Ok;
        return new LinuxResult(-negativeErrno, ReadText(message));
    }

    private static string? ReadText(in NetlinkMessage message)
    {
        if ((message.Header.Flags & Nl.NLM_F_ACK_TLVS) == 0)
            return null;
        // An error contains the request's header, and the whole request unless capped; DONE contains neither.
        var offset = sizeof(int);
        if (message.Header.Type == Nl.NLMSG_ERROR)
        {
            if (!MemoryMarshal.TryRead(message.Payload[offset..], out NlMsgHdr request))
                return null;
            var echoed = (message.Header.Flags & Nl.NLM_F_CAPPED) != 0 ? NlMsgHdr.Size : Math.Max(request.Length, NlMsgHdr.Size);
            offset += (int)Math.Min((echoed + 3u) & ~3u, (uint)(message.Payload.Length - offset));
        }
        var attributes = new AttributeReader(message.Payload[offset..]);
        while (attributes.TryNext(out var attribute))
        {
            if (attribute.Type == Nl.NLMSGERR_ATTR_MSG)
                return attribute.Text;
        }
        return null;
    }
}
