using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// The hook of a pair of netkit devices (Linux 6.7). Programs for both ends are attached through the primary: also those for frames that
/// the peer transmits, by the primary's index and in its namespace, wherever the peer is.
/// </summary>
internal sealed class NetkitHook : ProgramListHook
{
    public override string Name => "netkit";

    public override IEnumerable<string> Strangers(int ifindex, HookPoint point) =>
        StrangePrograms(ifindex, point)
            .Select(stranger => $"the program \"{stranger.Name}\" (netkit): it {(stranger.IsBehind ? "sees no frame" : "decides first")}");

    protected override int TypeOf(HookPoint point) =>
        point == HookPoint.PeerTransmit ? LibBpf.BPF_NETKIT_PEER : throw new ArgumentOutOfRangeException(nameof(point));
}
