namespace Tandem.Core.Options;

/// <summary>The requested kind of the bond's device (device_kind). The numbers are those of the option's values.</summary>
public enum DeviceKind : byte
{
    /// <summary>The first of the other kinds that the kernel supports.</summary>
    Auto = 0,

    /// <summary>One end of a netkit pair (Linux 6.7).</summary>
    Netkit = 1,

    /// <summary>One end of a veth pair.</summary>
    Veth = 2,

    /// <summary>A TAP device, for the socket data path.</summary>
    Tap = 3,
}

/// <summary>How frames of the kernel data path pass the bond's device (device). The numbers are those of the option's values.</summary>
public enum DevicePassage : byte
{
    /// <summary>Through the device: its captures, counters, queueing disciplines and filters apply to all frames.</summary>
    Exact = 0,

    /// <summary>Past the device, by the shortest path.</summary>
    Fast = 1,
}
