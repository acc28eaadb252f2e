using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// Hooks with a list of programs, attached without BPF links: a link outlives the process only with an open descriptor or a bpf file
/// system, which a container seldom has. Tandem's program is last, so that others see frames first and pass on what they do not decide.
/// </summary>
internal abstract unsafe class ProgramListHook : Hook
{
    private const int MaxPrograms = 64;

    public override LinuxResult Attach(int ifindex, HookPoint point, int program)
    {
        var type = TypeOf(point);
        using var present = BpfId.OpenProgram(Find(ifindex, point));
        var opts = new BpfProgAttachOpts { Size = (nuint)sizeof(BpfProgAttachOpts) };
        if (present is not null)
            (opts.Flags, opts.ReplaceProgram) = (LibBpf.BPF_F_REPLACE, present.Number);
        var answer = LibBpf.ProgramAttach(program, ifindex, type, &opts);
        // The same program is already attached.
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

    public override bool CanGlance => true;

    public override bool? Has(int ifindex, HookPoint point, uint id)
    {
        var ids = stackalloc uint[MaxPrograms];
        uint count = MaxPrograms;
        return LibBpf.ProgramQuery(ifindex, TypeOf(point), 0, null, ids, &count) < 0
            ? null
            : new ReadOnlySpan<uint>(ids, (int)Math.Min(count, MaxPrograms)).Contains(id);
    }

    /// <summary>Other programs, and whether each stands behind Tandem's.</summary>
    protected IEnumerable<(string Name, bool IsBehind)> StrangePrograms(int ifindex, HookPoint point)
    {
        var isBehind = false;
        foreach (var id in Query(ifindex, point))
        {
            var isOurs = BpfId.IsOurs(id);
            isBehind |= isOurs;
            if (!isOurs)
                yield return (BpfId.NameOf(id), isBehind);
        }
    }

    /// <summary>The kernel's constant for a point (enum bpf_attach_type).</summary>
    protected abstract int TypeOf(HookPoint point);

    private uint[] Query(int ifindex, HookPoint point)
    {
        var ids = new uint[MaxPrograms];
        uint count = MaxPrograms;
        fixed (uint* p = ids)
        {
            return LibBpf.ProgramQuery(ifindex, TypeOf(point), 0, null, p, &count) < 0 ? [] : ids[..(int)count];
        }
    }
}
