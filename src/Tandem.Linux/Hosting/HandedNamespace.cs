using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>The network namespace that a client of a Unix socket hands over, as a descriptor beside the first byte that it sends (SCM_RIGHTS).</summary>
public static unsafe class HandedNamespace
{
    /// <summary>
    /// Looks at the first byte that waits on a stream socket, and leaves it there: whoever reads it later discards the descriptor. Never blocks.
    /// </summary>
    /// <param name="socket">The service's end of the connection, of which nothing was read yet.</param>
    /// <param name="isOther">Whether the client handed something else over.</param>
    /// <returns>The namespace; null if the client handed none over, or something else.</returns>
    public static NetworkNamespace? Peek(SafeHandle socket, out bool isOther)
    {
        isOther = false;
        ArgumentNullException.ThrowIfNull(socket);
        byte first;
        DescriptorMessage control = default;
        var part = new IoVec { Base = &first, Length = 1 };
        var whole = new MsgHdr
        {
            Iov = &part,
            IovLength = 1,
            Control = &control,
            ControlLength = (nuint)sizeof(DescriptorMessage),
        };
        const int Flags = SocketCalls.MSG_PEEK | SocketCalls.MSG_DONTWAIT | SocketCalls.MSG_CMSG_CLOEXEC;
        if (Processes.ReceiveMessage((int)socket.DangerousGetHandle(), &whole, Flags) <= 0 || !control.HasDescriptor(whole.ControlLength))
            return null;
        var netns = NetworkNamespace.From(FileDescriptor.FromC(control.Descriptor));
        isOther = netns is null;
        return netns;
    }
}
