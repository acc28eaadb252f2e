using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>Outcome of something that the kernel was asked for.</summary>
/// <param name="Errno">The error number; 0 if it was done.</param>
/// <param name="Detail">What the kernel said beside the number (netlink's extended ack), or what Tandem knows about it; may be null.</param>
public readonly record struct LinuxResult(int Errno, string? Detail = null)
{
    /// <summary>It was done.</summary>
    public static LinuxResult Ok => default;

    /// <summary>True if it was done.</summary>
    public bool IsOk => Errno == 0;

    /// <summary>True if the same call may succeed a moment later: EAGAIN, EINTR, ENOMEM, EIO.</summary>
    public bool MayPass => Errno is Native.Errno.EAGAIN or Native.Errno.EINTR or Native.Errno.ENOMEM or Native.Errno.EIO;

    /// <summary>The error of the last native call on this thread.</summary>
    internal static LinuxResult Last(string? detail = null) => new(Marshal.GetLastPInvokeError(), detail);

    /// <summary>The error in words: <c>Operation not permitted (what the kernel said)</c>.</summary>
    public override string ToString() =>
        Detail is null ? Marshal.GetPInvokeErrorMessage(Errno) : $"{Marshal.GetPInvokeErrorMessage(Errno)} ({Detail})";
}

/// <summary>A value from the kernel, or the error that stands in its place.</summary>
/// <param name="Value">The value; default if there is an error.</param>
/// <param name="Error">The error; Ok if there is a value.</param>
public readonly record struct LinuxResult<T>(T? Value, LinuxResult Error)
{
    /// <summary>A value.</summary>
    public LinuxResult(T value)
        : this(value, LinuxResult.Ok) { }

    /// <summary>True if there is a value.</summary>
    public bool IsOk => Error.IsOk;
}
