using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>Result of a request to the kernel.</summary>
/// <param name="Errno">The error number; 0 on success.</param>
/// <param name="Detail">The kernel's message (netlink extended ack), or an explanation by Tandem; may be null.</param>
public readonly record struct LinuxResult(int Errno, string? Detail = null)
{
    /// <summary>Success.</summary>
    public static LinuxResult Ok => default;

    /// <summary>Whether the request succeeded.</summary>
    public bool IsOk => Errno == 0;

    /// <summary>Whether a retry may succeed a moment later: EAGAIN, EINTR, ENOMEM, EIO.</summary>
    public bool MayPass => Errno is Native.Errno.EAGAIN or Native.Errno.EINTR or Native.Errno.ENOMEM or Native.Errno.EIO;

    /// <summary>The error of the last native call on this thread.</summary>
    internal static LinuxResult Last(string? detail = null) => new(Marshal.GetLastPInvokeError(), detail);

    /// <summary>The error as text: <c>Operation not permitted (the kernel's message)</c>.</summary>
    public override string ToString() =>
        Detail is null ? Marshal.GetPInvokeErrorMessage(Errno) : $"{Marshal.GetPInvokeErrorMessage(Errno)} ({Detail})";
}

/// <summary>A value from the kernel, or an error.</summary>
/// <param name="Value">The value; default on an error.</param>
/// <param name="Error">The error; Ok if there is a value.</param>
public readonly record struct LinuxResult<T>(T? Value, LinuxResult Error)
{
    /// <summary>A success with its value.</summary>
    public LinuxResult(T value)
        : this(value, LinuxResult.Ok) { }

    /// <summary>Whether there is a value.</summary>
    public bool IsOk => Error.IsOk;
}
