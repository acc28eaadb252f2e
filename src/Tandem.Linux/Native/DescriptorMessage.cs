using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>A control message with one descriptor (SCM_RIGHTS), padded as <c>CMSG_SPACE(sizeof(int))</c> of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential, Size = 24)]
internal unsafe struct DescriptorMessage
{
    public CMsgHdr Header;
    public int Descriptor;

    /// <summary>The message that hands a descriptor over.</summary>
    public static DescriptorMessage Of(FileDescriptor descriptor) =>
        new()
        {
            Header = new CMsgHdr
            {
                Length = (nuint)(sizeof(CMsgHdr) + sizeof(int)),
                Level = SocketCalls.SOL_SOCKET,
                Type = Processes.SCM_RIGHTS,
            },
            Descriptor = descriptor.Number,
        };

    /// <summary>Whether a received message has a descriptor, which the receiver now owns.</summary>
    /// <param name="received">Length of all control messages, as the kernel reported it.</param>
    public readonly bool HasDescriptor(nuint received) =>
        received >= (nuint)(sizeof(CMsgHdr) + sizeof(int))
        && Header is { Level: SocketCalls.SOL_SOCKET, Type: Processes.SCM_RIGHTS }
        && Header.Length == (nuint)(sizeof(CMsgHdr) + sizeof(int));
}
