namespace Tandem.Core.Hashing;

/// <summary>Where the driver would have a frame's outermost VLAN tag.</summary>
public enum VlanTag : byte
{
    /// <summary>
    /// Beside the frame, as for frames of VLAN devices and bridges. The policies see what the tag was wrapped around. A frame that
    /// is read from bond0 has its tag in the data, but is hashed so.
    /// </summary>
    Stripped = 0,

    /// <summary>In the frame, as for frames that a program sends on a packet socket. The tag is not seen as one.</summary>
    InData = 1,
}
