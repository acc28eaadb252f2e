namespace Tandem.Core.Options;

/// <summary>Who is to carry the frames of a bond (data_path).</summary>
public enum DataPathChoice : byte
{
    /// <summary>The kernel, if it takes the programs; the service otherwise.</summary>
    Auto = 0,

    /// <summary>Programs in the kernel, or nobody.</summary>
    Ebpf = 1,

    /// <summary>The service.</summary>
    CSharp = 2,
}
