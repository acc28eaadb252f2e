using System.Net;
using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>Parses RTM_NEWADDR and RTM_DELADDR messages.</summary>
internal static class AddressParser
{
    /// <summary>The address in a message; null if it contains none.</summary>
    public static AddressInfo? Parse(in NetlinkMessage message)
    {
        if (!message.TrySplit(out IfAddrMsg header, out var attributes))
            return null;
        IPAddress? address = null;
        IPAddress? local = null;
        IPAddress? broadcast = null;
        string? label = null;
        uint flags = header.Flags;
        uint priority = 0;
        var preferred = uint.MaxValue;
        var valid = uint.MaxValue;
        while (attributes.TryNext(out var a))
        {
            switch (a.Type)
            {
                case Rt.IFA_ADDRESS:
                    address = ReadAddress(a.Value);
                    break;
                case Rt.IFA_LOCAL:
                    local = ReadAddress(a.Value);
                    break;
                case Rt.IFA_BROADCAST:
                    broadcast = ReadAddress(a.Value);
                    break;
                case Rt.IFA_LABEL:
                    label = a.Text;
                    break;
                case Rt.IFA_FLAGS:
                    flags = a.UInt32;
                    break;
                case Rt.IFA_RT_PRIORITY:
                    priority = a.UInt32;
                    break;
                case Rt.IFA_CACHEINFO when MemoryMarshal.TryRead(a.Value, out (uint Preferred, uint Valid) lifetimes):
                    (preferred, valid) = lifetimes;
                    break;
                default:
                    break;
            }
        }
        if ((local ?? address) is not { } own)
            return null;
        return new AddressInfo
        {
            Ifindex = header.Index,
            Address = own,
            PrefixLength = header.PrefixLength,
            Peer = local is not null && address is not null && !local.Equals(address) ? address : null,
            Broadcast = broadcast,
            Scope = header.Scope,
            Flags = flags,
            Label = label,
            PreferredSeconds = preferred,
            ValidSeconds = valid,
            RoutePriority = priority,
        };
    }

    private static IPAddress? ReadAddress(ReadOnlySpan<byte> value) => value.Length is 4 or 16 ? new IPAddress(value) : null;
}
