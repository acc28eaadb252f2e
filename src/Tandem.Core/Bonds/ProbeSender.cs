using Tandem.Core.Monitoring;
using Tandem.Core.Packets;

namespace Tandem.Core.Bonds;

/// <summary>Sends probes on members.</summary>
/// <param name="host">Sends frames.</param>
internal sealed class ProbeSender(IBondHost host)
{
    private readonly byte[] _frame = new byte[Math.Max(ArpRequest.MaxLength, NeighborSolicitation.MaxLength)];

    /// <summary>Sends a probe to each target that can be probed, in order; false if the device refused a frame.</summary>
    public bool Send(Member member, ProbeTargets targets)
    {
        var isTaken = true;
        foreach (var target in targets.All)
        {
            if (!target.IsProbed)
                continue;
            var tags = target.Way!.Tags.AsSpan();
            var length = target.IsIp4
                ? ArpRequest.Write(_frame, member.Address, target.Source, target.Octets, tags)
                : NeighborSolicitation.Write(_frame, member.Address, target.Source, target.Octets, tags);
            isTaken &= host.SendControl(member.Slot, _frame.AsSpan(0, length));
        }
        return isTaken;
    }
}
