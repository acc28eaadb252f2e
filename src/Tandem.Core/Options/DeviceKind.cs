namespace Tandem.Core.Options;

/// <summary>What kind of device a bond is for the host (device_kind). The numbers are those of the option's values.</summary>
public enum DeviceKind : byte
{
    /// <summary>The first of the others that can be had.</summary>
    Auto = 0,

    /// <summary>One end of a pair of netkit devices (Linux 6.7).</summary>
    Netkit = 1,

    /// <summary>One end of a pair of veth devices.</summary>
    Veth = 2,

    /// <summary>A TAP device, for frames that the service carries.</summary>
    Tap = 3,
}

/// <summary>How frames pass the device of a bond in the kernel (device). The numbers are those of the option's values.</summary>
public enum DevicePassage : byte
{
    /// <summary>Through it: captures, counters, queueing disciplines and filters on it see and rule all frames.</summary>
    Exact = 0,

    /// <summary>Past it, by the shortest way.</summary>
    Fast = 1,
}
