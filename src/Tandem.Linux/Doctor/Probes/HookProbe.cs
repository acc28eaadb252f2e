using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Queries TCX; if there is none, attaches a program to clsact on a temporary device.</summary>
internal static class HookProbe
{
    private const ushort RequestFlags = Nl.NLM_F_REQUEST | Nl.NLM_F_ACK | Nl.NLM_F_CREATE;

    public static Hooks Look()
    {
        var tcx = new Hooks(TcxHook.Query(), null);
        return tcx.HasTcx ? tcx : tcx with { Clsact = TryClsact() };
    }

    /// <summary>Null if no program or device could be created for the trial.</summary>
    internal static LinuxResult? TryClsact()
    {
        using var program = BpfProbe.LoadProgram();
        if (program.IsInvalid)
            return null;
        using var route = new RouteSocket();
        var made = TrialDevice.Make();
        if (made.Value is not { } tap)
        {
            var onPair = PairProbe.Try(route, isNetkit: false, ifindex => Attach(ifindex, program));
            return onPair.Errno is Errno.EOPNOTSUPP or Errno.EPERM ? null : onPair;
        }
        using (tap)
        {
            var link = route.GetLink(tap.Name);
            return link.Value is null ? link.Error : Attach(link.Value.Ifindex, program);
        }
    }

    private static LinuxResult Attach(int ifindex, FileDescriptor program)
    {
        using var socket = new NetlinkSocket(Nl.NETLINK_ROUTE);
        Span<byte> buffer = stackalloc byte[256];

        var sequence = socket.NextSequence();
        var request = new NetlinkWriter(buffer);
        var hook = new TcMsg
        {
            Ifindex = ifindex,
            Handle = Tc.ClsactHandle,
            Parent = Tc.TC_H_CLSACT,
        };
        request.BeginMessage(Tc.RTM_NEWQDISC, RequestFlags, sequence, hook);
        request.AttributeString(Tc.TCA_KIND, "clsact");
        request.EndMessage();
        if (socket.Request(request.Written, sequence) is { IsOk: false } noHook)
            return noHook;

        sequence = socket.NextSequence();
        request = new NetlinkWriter(buffer);
        var filter = new TcMsg
        {
            Ifindex = ifindex,
            Parent = Tc.ClsactIngress,
            // TC_H_MAKE(priority, protocol): priority 1, all protocols in network byte order.
            Info = (1 << 16) | (Packet.ETH_P_ALL << 8),
        };
        request.BeginMessage(Tc.RTM_NEWTFILTER, RequestFlags, sequence, filter);
        request.AttributeString(Tc.TCA_KIND, "bpf");
        var options = request.BeginNested(Tc.TCA_OPTIONS);
        request.Attribute(Tc.TCA_BPF_FD, program.Number);
        request.AttributeString(Tc.TCA_BPF_NAME, "tandem-doctor");
        request.EndNested(options);
        request.EndMessage();
        return socket.Request(request.Written, sequence);
    }
}
