using Tandem.Core.Packets;

namespace Tandem.Core.Monitoring;

/// <summary>
/// Tells answers to probes from what others say: a frame proves a link if it shows that a target reaches the host by that link, or
/// that the host's own probe came back by it from the network.
/// </summary>
/// <param name="bond">The bond.</param>
internal sealed class ProbeValidation(Bond bond)
{
    private static ReadOnlySpan<byte> AllNodes => [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>The number of the target that speaks to the host in a frame; -1 if none does.</summary>
    public int SpeaksToHost(in NeighborFrame frame, ProbeTargets targets, Member member)
    {
        // A target is another host: what comes from one of our own stations is an echo, or forged.
        if (!IsForHost(frame, member) || IsOwn(frame.Source))
            return -1;
        var isToHost = bond.Stack.Addresses.Contains(frame.Target) || (!frame.IsArp && frame.Target.SequenceEqual(AllNodes));
        return isToHost ? targets.Find(frame.Sender) : -1;
    }

    /// <summary>The number of the target for which the host asks in a frame that came back; -1 if it is no such frame.</summary>
    public int AsksForTarget(in NeighborFrame frame, ProbeTargets targets) =>
        IsOwn(frame.Source) && bond.Stack.Addresses.Contains(frame.Sender) ? targets.FindAsked(frame.Target) : -1;

    // Promiscuous members hear what is for others.
    private bool IsForHost(in NeighborFrame frame, Member member) =>
        frame.Destination.IsMulticast || frame.Destination == member.Address || IsOwn(frame.Destination);

    private bool IsOwn(MacAddress station)
    {
        if (station == bond.Address)
            return true;
        // Asked for each frame: without an enumerator.
        for (var i = 0; i < bond.Members.Count; i++)
        {
            if (station == bond.Members[i].Address)
                return true;
        }
        foreach (var above in bond.Stack.Stations)
        {
            if (station == above.Address)
                return true;
        }
        return false;
    }
}
