using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// The hooks of the clsact queueing discipline, with bpf filters (Linux 4.5). The discipline is created if needed, and removed with the
/// last filter. Tandem's filter has the last priority, so that others see frames first.
/// </summary>
internal sealed unsafe class ClsactHook : Hook
{
    /// <summary>The last priority of filters, which has 16 bits.</summary>
    private const uint Priority = 0xffff;

    /// <summary>"td": identifies the filter among others of this priority.</summary>
    private const uint Handle = 0x7464;

    public override string Name => "clsact";

    public override LinuxResult Attach(int ifindex, HookPoint point, int program)
    {
        var hook = HookOf(ifindex, point);
        var created = LibBpf.TcHookCreate(&hook);
        if (created < 0 && created != -Errno.EEXIST)
            return new LinuxResult(-created, $"interface {ifindex} cannot have a clsact queueing discipline (CONFIG_NET_SCH_INGRESS)");
        var opts = Options() with { Program = program, Flags = LibBpf.BPF_TC_F_REPLACE };
        return BpfObject.Checked(LibBpf.TcAttach(&hook, &opts), $"cannot attach to the {point} of interface {ifindex}");
    }

    public override LinuxResult Detach(int ifindex, HookPoint point)
    {
        var hook = HookOf(ifindex, point);
        var opts = Options();
        if (Find(ifindex, point) == 0)
            return LinuxResult.Ok;
        var result = BpfObject.Checked(LibBpf.TcDetach(&hook, &opts), $"cannot detach from the {point} of interface {ifindex}");
        if (!result.IsOk)
            return result.Errno is Errno.ENOENT or Errno.ENODEV ? LinuxResult.Ok : result;
        if (
            TrafficControl.FiltersOf(ifindex, HookPoint.Ingress).Value is []
            && TrafficControl.FiltersOf(ifindex, HookPoint.Egress).Value is []
        )
        {
            hook.AttachPoint = LibBpf.BPF_TC_INGRESS | LibBpf.BPF_TC_EGRESS;
            _ = LibBpf.TcHookDestroy(&hook);
        }
        return LinuxResult.Ok;
    }

    public override uint Find(int ifindex, HookPoint point)
    {
        var hook = HookOf(ifindex, point);
        var opts = Options();
        return LibBpf.TcQuery(&hook, &opts) < 0 ? 0 : opts.ProgramId;
    }

    public override IEnumerable<string> Strangers(int ifindex, HookPoint point) =>
        (TrafficControl.FiltersOf(ifindex, point).Value ?? [])
            .Where(filter => filter.Priority != Priority)
            .Select(filter => $"a filter of the kind {filter.Kind} (tc): it decides first");

    private static BpfTcHook HookOf(int ifindex, HookPoint point) =>
        new()
        {
            Size = (nuint)sizeof(BpfTcHook),
            Ifindex = ifindex,
            AttachPoint = point == HookPoint.Ingress ? LibBpf.BPF_TC_INGRESS : LibBpf.BPF_TC_EGRESS,
        };

    private static BpfTcOpts Options() =>
        new()
        {
            Size = (nuint)sizeof(BpfTcOpts),
            Handle = Handle,
            Priority = Priority,
        };
}
