using Tandem.Core.Monitoring;
using Tandem.Core.Packets;

namespace Tandem.Core.Bonds;

/// <summary>
/// Validates answers to probes: a frame proves a link if it shows that a target reaches the host through this link, or that the host's
/// own probe came back from the network.
/// </summary>
/// <param name="bond">The bond.</param>
internal sealed class ProbeValidation(Bond bond)
{
    private static ReadOnlySpan<byte> AllNodes => [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>The number of the target that addresses the host in this frame; -1 if none does.</summary>
    public int SpeaksToHost(in NeighborFrame frame, ProbeTargets targets, Member member)
    {
        // A target is another host: a frame from one of our own addresses is an echo, or forged.
        if (!IsForHost(frame, member) || IsOwn(frame.Source))
            return -1;
        var isToHost = bond.Stack.Addresses.Contains(frame.Target) || (!frame.IsArp && frame.Target.SequenceEqual(AllNodes));
        return isToHost ? targets.Find(frame.Sender) : -1;
    }

    /// <summary>The number of the target that the host asks for, if the frame is the host's own request; otherwise -1.</summary>
    public int AsksForTarget(in NeighborFrame frame, ProbeTargets targets) =>
        IsOwn(frame.Source) && bond.Stack.Addresses.Contains(frame.Sender) ? targets.FindAsked(frame.Target) : -1;

    // Promiscuous members also receive frames for other stations.
    private bool IsForHost(in NeighborFrame frame, Member member) =>
        frame.Destination.IsMulticast || frame.Destination == member.Address || IsOwn(frame.Destination);

    private bool IsOwn(MacAddress station)
    {
        if (station == bond.Address)
            return true;
        // Runs for each frame: a loop without an enumerator.
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
