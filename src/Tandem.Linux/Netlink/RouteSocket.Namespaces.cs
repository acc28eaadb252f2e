using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <content>Other network namespaces.</content>
public sealed partial class RouteSocket
{
    /// <summary>The ID that this namespace has for another, open one; null if there is none.</summary>
    internal int? NetnsidOf(FileDescriptor netns)
    {
        int? id = null;
        var request = Begin(Rt.RTM_GETNSID, default(RtGenMsg), out var sequence);
        request.Attribute(Rt.NETNSA_FD, netns.Number);
        Finish(
            request,
            sequence,
            (in message) =>
            {
                if (!message.TrySplit(out RtGenMsg _, out var attributes))
                    return;
                while (attributes.TryNext(out var attribute))
                {
                    // The kernel returns -1 if there is none.
                    if (attribute.Type == Rt.NETNSA_NSID && attribute.Int32 >= 0)
                        id = attribute.Int32;
                }
            }
        );
        return id;
    }
}
