using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// The hook inside a pair of netkit devices (Linux 6.7). Both sides of it belong to the primary: programs for what the peer transmits are
/// attached by the primary's number, in the primary's namespace, wherever the peer is.
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
