namespace Tandem.Core.Options;

/// <summary>The requested data path (data_path).</summary>
public enum DataPathChoice : byte
{
    /// <summary>The kernel data path if the kernel supports it, otherwise the socket data path.</summary>
    Auto = 0,

    /// <summary>The kernel data path: eBPF programs forward the frames. Refused if the kernel does not support it.</summary>
    Ebpf = 1,

    /// <summary>The socket data path: the service forwards the frames.</summary>
    CSharp = 2,
}
