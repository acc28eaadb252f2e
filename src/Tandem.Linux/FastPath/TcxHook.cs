using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.FastPath;

/// <summary>
/// TCX: hooks of the interface itself, with a list of programs (Linux 6.6). Programs are attached without links: a link needs an open
/// descriptor or a file system to outlive the process, which a container seldom has. Tandem's comes last, so that others see frames
/// first and pass on what they do not decide.
/// </summary>
internal sealed unsafe class TcxHook : Hook
{
    private const int MaxPrograms = 64;
    private const int Loopback = 1;

    /// <summary>Whether the kernel has such hooks; the loopback interface has the same number in every namespace.</summary>
    public static bool IsAvailable
    {
        get
        {
            uint count = 0;
            return LibBpf.Problem is null && LibBpf.ProgramQuery(Loopback, LibBpf.BPF_TCX_INGRESS, 0, null, null, &count) >= 0;
        }
    }

    /// <summary>Whether anything is attached, whose program it is or not: to be asked also without libbpf, and without the right to open programs.</summary>
    public static bool IsTaken(int ifindex, HookPoint point)
    {
        var query = new BpfProgramQuery { TargetIfindex = ifindex, AttachType = (uint)TypeOf(point) };
        return BpfCall.Ask(BpfCall.BPF_PROG_QUERY, ref query).IsOk && query.Count > 0;
    }

    public override string Name => "tcx";

    public override LinuxResult Attach(int ifindex, HookPoint point, int program)
    {
        var type = TypeOf(point);
        using var present = BpfId.OpenProgram(Find(ifindex, point));
        var opts = new BpfProgAttachOpts { Size = (nuint)sizeof(BpfProgAttachOpts) };
        if (present is not null)
            (opts.Flags, opts.ReplaceProgram) = (LibBpf.BPF_F_REPLACE, present.Number);
        var answer = LibBpf.ProgramAttach(program, ifindex, type, &opts);
        // The same program is there already.
        return answer == -Errno.EEXIST ? LinuxResult.Ok : BpfObject.Checked(answer, $"cannot attach to the {point} of interface {ifindex}");
    }

    public override LinuxResult Detach(int ifindex, HookPoint point)
    {
        using var present = BpfId.OpenProgram(Find(ifindex, point));
        if (present is null)
            return LinuxResult.Ok;
        var result = BpfObject.Checked(
            LibBpf.ProgramDetach(present.Number, ifindex, TypeOf(point)),
            $"cannot detach from the {point} of interface {ifindex}"
        );
        return result.Errno is Errno.ENOENT or Errno.ENODEV ? LinuxResult.Ok : result;
    }

    public override uint Find(int ifindex, HookPoint point) => Array.Find(Query(ifindex, point), BpfId.IsOurs);

    public override IEnumerable<string> Strangers(int ifindex, HookPoint point)
    {
        var isBehind = false;
        foreach (var id in Query(ifindex, point))
        {
            var isOurs = BpfId.IsOurs(id);
            isBehind |= isOurs;
            if (!isOurs)
                yield return $"the program \"{BpfId.NameOf(id)}\" (tcx): it {(isBehind ? "sees no frame" : "decides first")}";
        }
        foreach (var filter in TrafficControl.FiltersOf(ifindex, point).Value ?? [])
            yield return $"a filter of the kind {filter.Kind} (tc): it sees no frame";
    }

    private static int TypeOf(HookPoint point) => point == HookPoint.Ingress ? LibBpf.BPF_TCX_INGRESS : LibBpf.BPF_TCX_EGRESS;

    private static uint[] Query(int ifindex, HookPoint point)
    {
        var ids = new uint[MaxPrograms];
        uint count = MaxPrograms;
        fixed (uint* p = ids)
        {
            return LibBpf.ProgramQuery(ifindex, TypeOf(point), 0, null, p, &count) < 0 ? [] : ids[..(int)count];
        }
    }
}
