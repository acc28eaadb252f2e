namespace Tandem.Core.Hashing;

/// <summary>Where the driver would find a frame's outermost VLAN tag.</summary>
public enum VlanTagPlacement : byte
{
    /// <summary>
    /// In the frame's metadata, as for frames of VLAN devices and bridges: policies look behind the tag. Frames read from bond0 have
    /// their tag in the data, but are hashed this way.
    /// </summary>
    Stripped = 0,

    /// <summary>In the frame's data, as for frames that a program sends on a packet socket. Policies do not recognise the tag.</summary>
    InData = 1,
}
