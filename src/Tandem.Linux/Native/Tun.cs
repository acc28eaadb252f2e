using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>struct ifreq with a short in its union (linux/if.h).</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct IfReq
{
    [FieldOffset(0)]
    public fixed byte Name[16];

    [FieldOffset(16)]
    public short Flags;

    [FieldOffset(16)]
    public void* Data;

    /// <summary>The name in a result.</summary>
    public readonly string NameText
    {
        get
        {
            fixed (byte* p = Name)
                return System.Text.Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(p));
        }
    }

    /// <summary>
    /// A request for an interface. A name that is too long becomes empty, so that it does not mean another interface. (The kernel allows
    /// any bytes, and invalid UTF-8 grows when it is read as text.)
    /// </summary>
    public IfReq(string name)
    {
        fixed (byte* p = Name)
        {
            var room = new Span<byte>(p, Core.InterfaceName.MaxLength);
            if (!System.Text.Encoding.UTF8.TryGetBytes(name, room, out _))
                room.Clear();
        }
    }
}

/// <summary>TAP devices (linux/if_tun.h).</summary>
internal static class Tun
{
    public const string DevicePath = "/dev/net/tun";
    public const short IFF_TAP = 2;
    public const short IFF_NO_PI = 0x1000;
    public const short IFF_VNET_HDR = 0x4000;

    /// <summary>IFF_TUN_EXCL: fail if the device exists.</summary>
    public const short IFF_TUN_EXCL = unchecked((short)0x8000);

    // _IOW('T', n, int); TUNSETCARRIER exists since 4.21.
    public const nuint TUNSETIFF = 0x400454ca;
    public const nuint TUNSETPERSIST = 0x400454cb;
    public const nuint TUNSETOFFLOAD = 0x400454d0;
    public const nuint TUNGETIFF = 0x800454d2;
    public const nuint TUNSETCARRIER = 0x400454e2;

    public const uint TUN_F_CSUM = 1;
    public const uint TUN_F_TSO4 = 2;
    public const uint TUN_F_TSO6 = 4;
    public const uint TUN_F_TSO_ECN = 8;

    /// <summary>Since Linux 6.2; only both together.</summary>
    public const uint TUN_F_USO4 = 0x20;
    public const uint TUN_F_USO6 = 0x40;
}
