using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tandem.Api;

/// <summary>
/// A connection that hands the caller's network namespace over: a descriptor beside the first byte (SCM_RIGHTS of unix(7)). The service then works in that
/// namespace. .NET has no call for it.
/// </summary>
/// <param name="socket">The connected socket.</param>
/// <param name="netns">The namespace; closed with the stream.</param>
internal sealed partial class CallerStream(Socket socket, SafeFileHandle netns) : NetworkStream(socket, ownsSocket: true)
{
    private const int SOL_SOCKET = 1;
    private const int SCM_RIGHTS = 1;
    private bool _hasHandedOver;

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_hasHandedOver && !buffer.IsEmpty)
        {
            _hasHandedOver = true;
            HandOver(buffer.Span[0]);
            buffer = buffer[1..];
        }
        await base.WriteAsync(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        netns.Dispose();
        base.Dispose(disposing);
    }

    // The socket's buffer is empty: the call does not block.
    private unsafe void HandOver(byte first)
    {
        var control = new DescriptorMessage
        {
            Length = DescriptorMessage.Whole,
            Level = SOL_SOCKET,
            Type = SCM_RIGHTS,
            Descriptor = (int)netns.DangerousGetHandle(),
        };
        var part = new IoVec { Base = &first, Length = 1 };
        var message = new MsgHdr
        {
            Iov = &part,
            IovLength = 1,
            Control = &control,
            ControlLength = (nuint)sizeof(DescriptorMessage),
        };
        if (sendmsg((int)Socket.SafeHandle.DangerousGetHandle(), &message, 0) != 1)
            throw new IOException($"the network namespace cannot be handed over: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    // ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint sendmsg(int sockfd, MsgHdr* msg, int flags);

    /// <summary>struct iovec (bits/types/struct_iovec.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct IoVec
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary>struct msghdr of 64-bit Linux (bits/socket.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct MsgHdr
    {
        public void* Name;
        public uint NameLength;
        public IoVec* Iov;
        public nuint IovLength;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>struct cmsghdr of 64-bit Linux (bits/socket.h) with one descriptor, padded to 8 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 24)]
    private struct DescriptorMessage
    {
        /// <summary>Length of header and descriptor, without the padding.</summary>
        public const nuint Whole = 20;

        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
    }
}
