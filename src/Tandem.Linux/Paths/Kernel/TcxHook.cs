using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>TCX: hooks of each interface (Linux 6.6).</summary>
internal sealed unsafe class TcxHook : ProgramListHook
{
    private const int Loopback = 1;

    /// <summary>Whether the kernel has TCX, and libbpf can be used.</summary>
    public static bool IsAvailable => LibBpf.Problem is null && IsPresent(Query());

    /// <summary>Queries the programs of the loopback interface, which has the same index in every namespace. Needs no libbpf.</summary>
    public static LinuxResult Query()
    {
        var query = new BpfProgramQuery { TargetIfindex = Loopback, AttachType = LibBpf.BPF_TCX_INGRESS };
        return BpfCall.Ask(BpfCall.BPF_PROG_QUERY, ref query);
    }

    /// <summary>Whether the result of <see cref="Query"/> shows TCX. Some kernels return ENOENT for a hook without programs.</summary>
    public static bool IsPresent(LinuxResult queried) => queried.Errno is 0 or Errno.ENOENT;

    /// <summary>Whether any program is attached, Tandem's or another; works without libbpf and without the right to open
    /// programs.</summary>
    public static bool IsTaken(int ifindex, HookPoint point)
    {
        var query = new BpfProgramQuery { TargetIfindex = ifindex, AttachType = (uint)AttachType(point) };
        return BpfCall.Ask(BpfCall.BPF_PROG_QUERY, ref query).IsOk && query.Count > 0;
    }

    public override string Name => "tcx";

    public override IEnumerable<string> Strangers(int ifindex, HookPoint point)
    {
        foreach (var (name, isBehind) in StrangePrograms(ifindex, point))
            yield return $"the program \"{name}\" (tcx): it {(isBehind ? "sees no frame" : "decides first")}";
        foreach (var filter in TrafficControl.FiltersOf(ifindex, point).Value ?? [])
            yield return $"a filter of the kind {filter.Kind} (tc): it sees no frame";
    }

    protected override int TypeOf(HookPoint point) => AttachType(point);

    private static int AttachType(HookPoint point) => point == HookPoint.Ingress ? LibBpf.BPF_TCX_INGRESS : LibBpf.BPF_TCX_EGRESS;
}
