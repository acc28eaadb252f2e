using Tandem.Core.Forwarding;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

// How the programs are loaded into the kernel, and what is taken over from an earlier process.
internal sealed partial class KernelPath
{
    /// <summary>
    /// Loads the programs for a bond's device. If programs of an earlier process are attached, their maps are taken over with plan and
    /// counters, and nothing is attached yet.
    /// </summary>
    /// <param name="wiring">Where the programs are attached around the bond's device.</param>
    /// <param name="verifierLog">Receives the whole log of the kernel's verifier if it rejects a program.</param>
    public static LinuxResult<KernelPath> Load(Wiring wiring, Action<string> verifierLog)
    {
        if (LibBpf.Problem is { } missing)
            return new LinuxResult<KernelPath>(null, new LinuxResult(Errno.ENOENT, missing));
        var processors = LibBpf.PossibleProcessors();
        if (processors <= 0)
            return new LinuxResult<KernelPath>(null, new LinuxResult(-processors, "the number of processors cannot be read"));
        var left = BpfId.OpenMaps(wiring.Transmit.Find());
        try
        {
            var loaded = BpfObject.Load(opened => Prepare(opened, left, processors), verifierLog);
            if (loaded.Value is not { } opened)
                return new LinuxResult<KernelPath>(null, loaded.Error);
            // Once the maps are mapped into memory, only the programs must stay open.
            using (opened)
            {
                var path = Map(wiring, opened, processors);
                if (left.Count > 0)
                    path.Value?.GoOn(IsKnown(left) ? default : CountedBy(left), IsKnown(left) ? ToldAllBy(left) : 0);
                return path;
            }
        }
        finally
        {
            foreach (var (fd, _) in left.Values)
                fd.Dispose();
        }
    }

    private static LinuxResult Prepare(BpfObject opened, Dictionary<string, (FileDescriptor Fd, BpfMapInfo Info)> left, int processors)
    {
        var result = opened.SetMaxEntries(CountersMap, processors * ForwardingPlan.MaxMembers);
        if (result.IsOk)
            result = opened.SetMaxEntries(ProcessorsMap, processors);
        if (result.IsOk)
            result = opened.SetMaxEntries(LoadsMap, processors);
        if (!result.IsOk || !IsKnown(left))
            return result;
        // Not taken over: the table of members, since members removed meanwhile would stay in it; the stored LACPDUs, which are written
        // again with the next LACPDU; the loads, of which only differences count.
        foreach (var name in (string[])[ControlMap, CountersMap, ProcessorsMap, BondMemory.Map])
        {
            if (result.IsOk && left.TryGetValue(name, out var map))
                result = opened.Reuse(name, map.Fd);
        }
        return result;
    }

    // Maps of another version may have another layout; then new maps and programs are created.
    private static bool IsKnown(Dictionary<string, (FileDescriptor Fd, BpfMapInfo Info)> left)
    {
        if (!left.TryGetValue(ControlMap, out var map) || map.Info.ValueSize != SizeOfControl)
            return false;
        var control = SharedMap<Control>.Open(map.Fd.Number, 1);
        using (control.Value)
            return control.Value?[0].Layout == Control.KnownLayout;
    }

    /// <summary>Frames that programs of another version carried past the bond's device, before the programs loaded now.</summary>
    public SlotCounters OfEarlierVersion { get; private set; }

    // Attached programs carry frames now, whatever the new control map says.
    private void GoOn(SlotCounters earlier, ulong toldAll)
    {
        // Counting continues, so that an increase shows that requests told all peers an address while no service ran.
        _loads[0].ToldAll = toldAll;
        (_control[0].SocketsTake, _control[0].Forwarder) = (0, Forwarder.Kernel);
        // The earlier programs stood on the egress of a TAP device: all frames they carried went past it.
        if (_wiring.HasService)
            OfEarlierVersion = earlier;
    }

    // The counters have the same layout in all versions.
    private static unsafe SlotCounters CountedBy(Dictionary<string, (FileDescriptor Fd, BpfMapInfo Info)> left)
    {
        if (!left.TryGetValue(CountersMap, out var map) || map.Info.ValueSize != sizeof(KernelCounters))
            return default;
        using var counters = SharedMap<KernelCounters>.Open(map.Fd.Number, (int)map.Info.MaxEntries).Value;
        var sum = default(SlotCounters);
        for (var i = 0; i < counters?.Length; i++)
            sum += new SlotCounters(counters[i].TxFrames, counters[i].TxBytes, 0, counters[i].RxFrames, counters[i].RxBytes, 0, 0);
        return sum;
    }

    private static unsafe ulong ToldAllBy(Dictionary<string, (FileDescriptor Fd, BpfMapInfo Info)> left)
    {
        if (!left.TryGetValue(LoadsMap, out var map) || map.Info.ValueSize != sizeof(KernelLoad))
            return 0;
        using var loads = SharedMap<KernelLoad>.Open(map.Fd.Number, (int)map.Info.MaxEntries).Value;
        ulong sum = 0;
        for (var i = 0; i < loads?.Length; i++)
            sum += loads[i].ToldAll;
        return sum;
    }

    private static unsafe uint SizeOfControl => (uint)sizeof(Control);

    private static LinuxResult<KernelPath> Map(Wiring wiring, BpfObject loaded, int processors)
    {
        var programs = Programs.Of(loaded);
        var control = SharedMap<Control>.Open(loaded.Map(ControlMap), 1);
        var counters = SharedMap<KernelCounters>.Open(loaded.Map(CountersMap), processors * ForwardingPlan.MaxMembers);
        var perProcessor = SharedMap<Processor>.Open(loaded.Map(ProcessorsMap), processors);
        var loads = SharedMap<KernelLoad>.Open(loaded.Map(LoadsMap), processors);
        var lacpdus = SharedMap<KernelLacpdu>.Open(loaded.Map(LacpdusMap), ForwardingPlan.MaxMembers);
        var places = SharedMap<ulong>.Open(loaded.Map(MembersMap), MemberTable.Places);
        var kept = Kept();
        var memory = programs.Value is { } bound ? BondMemory.Of(loaded, bound) : default;
        var error = programs.IsOk && !BpfId.MayOpen(programs.Value!.Transmit) ? MayNotOpen : LinuxResult.Ok;
        if (
            error.IsOk
            && programs.Value is { } all
            && control.Value is { } c
            && counters.Value is { } n
            && perProcessor.Value is { } p
            && loads.Value is { } l
            && lacpdus.Value is { } a
            && places.Value is { } m
            && kept.Value is { } k
            && memory.Value is { } r
        )
            return new LinuxResult<KernelPath>(new KernelPath(wiring, all, c, n, p, l, a, m, k, r));
        IDisposable?[] made =
        [
            programs.Value,
            control.Value,
            counters.Value,
            perProcessor.Value,
            loads.Value,
            lacpdus.Value,
            places.Value,
            kept.Value,
            memory.Value,
        ];
        foreach (var one in made)
            one?.Dispose();
        LinuxResult[] results =
        [
            programs.Error,
            error,
            control.Error,
            counters.Error,
            perProcessor.Error,
            loads.Error,
            lacpdus.Error,
            places.Error,
            kept.Error,
            memory.Error,
        ];
        return new LinuxResult<KernelPath>(null, Array.Find(results, result => !result.IsOk));
    }

    private static LinuxResult MayNotOpen =>
        new(Errno.EPERM, "programs that are attached could not be found again: CAP_SYS_ADMIN is needed in the first user namespace");

    private static LinuxResult<KeptPrograms> Kept()
    {
        try
        {
            return new LinuxResult<KeptPrograms>(new KeptPrograms(ProgramWatch.Take()));
        }
        catch (InvalidOperationException e)
        {
            return new LinuxResult<KeptPrograms>(null, new LinuxResult(Errno.EAGAIN, e.Message));
        }
    }
}
