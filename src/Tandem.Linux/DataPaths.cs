using System.Diagnostics.CodeAnalysis;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Linux.FastPath;
using Tandem.Linux.Native;

namespace Tandem.Linux;

/// <summary>
/// Both data paths of a bond, and which of them carries the frames. The C# path is always there: it takes what the kernel leaves to it,
/// and control frames. One thread at a time, in the bond's network namespace.
/// </summary>
internal sealed class DataPaths(int bond, DataPath service, Action<string> verifierLog) : IDisposable
{
    private const string LeftBehind =
        "a program stays attached to the bond's egress; if it is of a service before, frames come twice until that one's rights and libbpf are back";

    private readonly int[] _ifindexes = new int[ForwardingPlan.MaxMembers];

    // What the kernel counted before it gave the frames back.
    private readonly SlotCounters[] _earlier = new SlotCounters[ForwardingPlan.MaxMembers];
    private SlotCounters _ofClosedSlots;
    private ulong _earlierNoMember;
    private ulong _earlierLeft;
    private KernelPath? _kernel;
    private ForwardingPlan? _plan;
    private DataPathChoice _choice = DataPathChoice.CSharp;

    /// <summary>Whether the kernel carries the frames.</summary>
    [MemberNotNullWhen(true, nameof(_kernel))]
    public bool IsInKernel => _kernel is not null;

    /// <summary>Why it is as it is, in words.</summary>
    public string Reason { get; private set; } = "the bond has just been made";

    /// <summary>Frames of the host that no member could carry.</summary>
    public ulong NoMember => service.NoMemberDropped + _earlierNoMember + (_kernel?.NoMember ?? 0);

    /// <summary>
    /// Lets the chosen one carry the frames from now on. What cannot be is an error only if it was asked for by name; nothing changes
    /// then.
    /// </summary>
    public LinuxResult Use(DataPathChoice choice)
    {
        if (choice == DataPathChoice.CSharp)
        {
            LeaveKernel("data_path csharp was asked for");
            KernelPath.Leave(bond, HookPoint.Egress);
        }
        else if (!IsInKernel && EnterKernel() is { IsOk: false } failed)
        {
            // Programs that an earlier process left, and that this one cannot take over, must not carry frames beside the service.
            KernelPath.Leave(bond, HookPoint.Egress);
            if (TcxHook.IsTaken(bond, HookPoint.Egress))
                failed = failed with { Detail = $"{failed.Detail ?? failed.ToString()}; {LeftBehind}" };
            if (choice == DataPathChoice.Ebpf)
                return failed;
            Reason = Words(failed);
        }
        _choice = choice;
        return LinuxResult.Ok;
    }

    /// <summary>Frames of the host that the kernel left to the C# path.</summary>
    public ulong LeftByKernel => _earlierLeft + (_kernel?.Left ?? 0);

    /// <summary>
    /// Makes a plan the one that is carried out from the next frame on. Until the first one, programs that an earlier process left go on
    /// by their last.
    /// </summary>
    public void Publish(ForwardingPlan plan)
    {
        var isFirst = _plan is null;
        _plan = plan;
        _kernel?.Publish(plan);
        service.Publish(plan);
        if (isFirst)
        {
            _kernel?.ForgetFreeSlots();
            if (_kernel?.TakeFrames() is { IsOk: false } failed)
                LeaveKernel(Words(failed));
        }
        ListenIfNeeded();
    }

    /// <summary>
    /// Has an LACPDU said again while the brain's thread is late: by the C# path's threads when it is due, and by the kernel, which still
    /// can if the whole process stands, as an answer to the partner's; see <see cref="KernelPath.KeepAnswer"/>.
    /// </summary>
    public void KeepAnswer(int slot, ReadOnlySpan<byte> lacpdu, long due)
    {
        service.KeepLacpdu(slot, lacpdu, due);
        _kernel?.KeepAnswer(slot, lacpdu, due);
    }

    /// <summary>Opens a slot on an interface. Plans may name it from now on.</summary>
    public LinuxResult OpenSlot(int slot, int ifindex)
    {
        var result = service.OpenSlot(slot, ifindex);
        if (!result.IsOk)
            return result;
        _ifindexes[slot] = ifindex;
        if (!IsInKernel)
            KernelPath.Leave(ifindex, HookPoint.Ingress);
        if (_kernel?.AddMember(slot, ifindex) is { IsOk: false } failed)
        {
            if (_choice == DataPathChoice.Ebpf)
            {
                CloseSlot(slot);
                return failed;
            }
            LeaveKernel(Words(failed));
        }
        return LinuxResult.Ok;
    }

    /// <summary>Closes a slot.</summary>
    public void CloseSlot(int slot)
    {
        _ofClosedSlots += InKernel(slot);
        _kernel?.RemoveMember(slot, _ifindexes[slot]);
        service.CloseSlot(slot);
        _ifindexes[slot] = 0;
        _earlier[slot] = default;
    }

    /// <summary>What was carried on a slot, by either of both.</summary>
    public SlotCounters ReadCounters(int slot) => service.ReadCounters(slot) + InKernel(slot);

    /// <summary>What the kernel carried on all slots, those of former members too: the bond's device counts none of it.</summary>
    public SlotCounters PastDevice
    {
        get
        {
            var sum = _ofClosedSlots;
            for (var slot = 0; slot < _ifindexes.Length; slot++)
            {
                if (_ifindexes[slot] != 0)
                    sum += InKernel(slot);
            }
            return sum;
        }
    }

    /// <summary>Looks after the kernel's path; see <see cref="KernelPath"/>.</summary>
    public IReadOnlyList<string> Inspect(Func<int, string> nameOf) => _kernel?.Inspect(nameOf) ?? [];

    /// <summary>Leaves the kernel and ends the C# path.</summary>
    public void Dispose()
    {
        LeaveKernel("the bond is removed");
        service.Dispose();
    }

    /// <summary>A failure in words, with the kernel's own where they add something to what is known about it.</summary>
    internal static string Words(LinuxResult failure) =>
        failure.Detail is not { } detail ? failure.ToString()
        : failure.Errno is Errno.ENOENT or Errno.EPERM ? detail
        : $"{detail}: {(failure with { Detail = null })}";

    private SlotCounters InKernel(int slot) => _earlier[slot] + (_kernel?.ReadCounters(slot) ?? default);

    private LinuxResult EnterKernel()
    {
        var loaded = KernelPath.Load(bond, verifierLog);
        if (loaded.Value is not { } kernel)
            return loaded.Error;
        var result = service.SetFilter(kernel.SocketFilter);
        for (var slot = 0; result.IsOk && slot < _ifindexes.Length; slot++)
        {
            if (_ifindexes[slot] != 0)
                result = kernel.AddMember(slot, _ifindexes[slot]);
        }
        if (result.IsOk && _plan is not null)
        {
            kernel.Publish(_plan);
            result = kernel.TakeFrames();
        }
        if (!result.IsOk)
        {
            GiveFrames(kernel);
            Unload(kernel);
            return result;
        }
        _kernel = kernel;
        Reason = $"eBPF programs at the {Hook.Here.Name} hooks";
        ListenIfNeeded();
        return result;
    }

    // Where the kernel takes all frames, the sockets are left only what the brain is to hear. By the kernel's plan: it is there before the
    // first one that is published, if an earlier process left it.
    private void ListenIfNeeded() => service.SetListening(!IsInKernel || _kernel.HearsControl);

    private void LeaveKernel(string reason)
    {
        Reason = reason;
        if (_kernel is not { } kernel)
            return;
        _kernel = null;
        GiveFrames(kernel);
        for (var slot = 0; slot < _earlier.Length; slot++)
            _earlier[slot] += kernel.ReadCounters(slot);
        _earlierNoMember += kernel.NoMember;
        _earlierLeft += kernel.Left;
        Unload(kernel);
    }

    private void GiveFrames(KernelPath kernel)
    {
        service.SetListening(true);
        kernel.GiveFrames();
    }

    private void Unload(KernelPath kernel)
    {
        kernel.RemoveMembers();
        service.SetFilter(Data.MemberSockets.NoFilter);
        kernel.Dispose();
    }
}
