using System.Diagnostics.CodeAnalysis;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Linux.Devices;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;
using Tandem.Linux.Paths.Sockets;

namespace Tandem.Linux.Paths.Switching;

/// <summary>
/// Both data paths of a bond, and which of them carries the frames. The C# path is always there: it takes what the kernel leaves to it,
/// and control frames. One thread at a time, in the bond's network namespace.
/// </summary>
/// <param name="device">The bond's device.</param>
/// <param name="sockets">The C# path.</param>
/// <param name="route">Asks about members.</param>
/// <param name="verifierLog">Receives all that the kernel's verifier said, should it refuse the programs.</param>
/// <param name="deviceReason">Why the device is not of a kind that could have been had otherwise; null if it is the best one.</param>
internal sealed class PathSwitch(
    BondDevice device,
    SocketPath sockets,
    RouteSocket route,
    Action<string> verifierLog,
    string? deviceReason = null
) : IDisposable
{
    private const string LeftBehind =
        "a program stays attached to the bond's egress; if it is of a service before, frames come twice until that one's rights and libbpf are back";

    private readonly SocketPath _sockets = sockets;
    private readonly int[] _ifindexes = new int[ForwardingPlan.MaxMembers];

    // What the kernel counted before it gave the frames back.
    private readonly SlotCounters[] _earlier = new SlotCounters[ForwardingPlan.MaxMembers];
    private ulong _earlierNoMember;
    private ulong _earlierLeft;
    private SlotCounters _droppedOnClosed;
    private ulong _refusedByOtherEnd;
    private KernelPath? _kernel;

    // Those that are at work; the kernel's first, which most frames take where it is there.
    private IDataPath[] _all = [sockets];
    private ForwardingPlan? _plan;
    private DataPathChoice _choice = DataPathChoice.CSharp;
    private byte[] _memory = [];
    private bool _isShort;

    /// <summary>Whether the kernel carries the frames.</summary>
    [MemberNotNullWhen(true, nameof(_kernel))]
    public bool IsInKernel => _kernel is not null;

    /// <summary>Why it is as it is, in words.</summary>
    public string Reason { get; private set; } = "the bond has just been made";

    /// <summary>Frames of the host that no member could carry.</summary>
    public ulong NoMember => _all.Aggregate(_earlierNoMember, static (sum, path) => sum + path.NoMember);

    /// <summary>
    /// Lets the chosen one carry the frames from now on. What cannot be is an error only if it was asked for by name, or if the device leaves
    /// no choice; nothing changes then.
    /// </summary>
    public LinuxResult Use(DataPathChoice choice)
    {
        if (choice == DataPathChoice.CSharp)
        {
            if (device.Tap is null)
                return new LinuxResult(Errno.EPERM, OnlyKernel);
            LeaveKernel("data_path csharp was asked for");
            device.Wiring.Transmit.Leave();
        }
        else if (!IsInKernel && EnterKernel() is { IsOk: false } failed)
        {
            if (device.Tap is null)
                return failed;
            // Programs that an earlier process left, and that this one cannot take over, must not carry frames beside the service.
            device.Wiring.Transmit.Leave();
            if (TcxHook.IsTaken(device.Ifindex, HookPoint.Egress))
                failed = failed with { Detail = $"{failed.Detail ?? failed.ToString()}; {LeftBehind}" };
            if (choice == DataPathChoice.Ebpf)
                return failed;
            Reason = Words(failed);
        }
        _choice = choice;
        return LinuxResult.Ok;
    }

    /// <summary>Lets frames that the kernel carries take the short cut past the bond's device, or go through it.</summary>
    public LinuxResult UseShortCut(bool isShort)
    {
        var result = _kernel?.UseShortCut(isShort) ?? LinuxResult.Ok;
        if (result.IsOk)
            _isShort = isShort;
        if (IsInKernel)
            Reason = KernelReason;
        return result;
    }

    /// <summary>Takes in that the bond's device is in another network namespace, or has another number.</summary>
    public LinuxResult Rewire()
    {
        var result = _kernel?.Rewire(device.Wiring) ?? LinuxResult.Ok;
        if (IsInKernel)
            Reason = KernelReason;
        return result;
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
        foreach (var path in _all)
            path.Publish(plan);
        if (isFirst)
        {
            _kernel?.ForgetFreeSlots();
            // Where nobody else could carry them, the next inspection tries again.
            if (_kernel?.TakeFrames() is { IsOk: false } failed && device.Tap is not null)
                LeaveKernel(Words(failed));
        }
        ListenIfNeeded();
    }

    /// <summary>Keeps what the next service is to know of the bond where it outlives this one: beside programs in the kernel, if there are any.</summary>
    public void Remember(byte[] text)
    {
        _memory = text;
        _kernel?.Remember(text);
    }

    /// <inheritdoc cref="IDataPath.KeepAnswer"/>
    public void KeepAnswer(int slot, ReadOnlySpan<byte> lacpdu, long due)
    {
        foreach (var path in _all)
            path.KeepAnswer(slot, lacpdu, due);
    }

    /// <summary>Opens a slot on an interface, with the sockets first: what the kernel cannot take is left to them, where they may have it.</summary>
    public LinuxResult OpenSlot(int slot, int ifindex)
    {
        var result = _sockets.OpenSlot(slot, ifindex);
        if (!result.IsOk)
            return result;
        _ifindexes[slot] = ifindex;
        if (!IsInKernel)
            new Place(Hook.Here, ifindex, HookPoint.Ingress).Leave();
        if (_kernel?.OpenSlot(slot, ifindex) is { IsOk: false } failed)
        {
            if (_choice == DataPathChoice.Ebpf || device.Tap is null)
            {
                CloseSlot(slot);
                return failed;
            }
            LeaveKernel(Words(failed));
        }
        NoteRefused(slot);
        return LinuxResult.Ok;
    }

    /// <summary>Closes a slot.</summary>
    public void CloseSlot(int slot)
    {
        NoteRefused(slot);
        _droppedOnClosed += DroppedOn(slot);
        foreach (var path in _all)
            path.CloseSlot(slot);
        _ifindexes[slot] = 0;
        _earlier[slot] = default;
    }

    /// <summary>
    /// Takes in what devices did not take of what the kernel handed them, which only they count: <see cref="ReadCounters"/> and
    /// <see cref="Dropped"/> are as of then.
    /// </summary>
    public void NoteRefused(LinkReading reading)
    {
        for (var slot = 0; slot < _ifindexes.Length; slot++)
        {
            if (reading.Refused.TryGetValue(_ifindexes[slot], out var refused))
                _kernel?.NoteRefused(slot, refused);
        }
        _refusedByOtherEnd = reading.OtherEnd?.Statistics.TxDropped ?? _refusedByOtherEnd;
    }

    /// <summary>The bytes that either of both sent of each bucket; they only grow, but for a change of the data path.</summary>
    public void ReadBucketBytes(Span<ulong> bytes)
    {
        bytes.Clear();
        foreach (var path in _all)
            path.AddBucketBytes(bytes);
    }

    /// <summary>ARP requests of the host that told all others an address, by either of both.</summary>
    public ulong ToldAll => _all.Aggregate(0ul, static (sum, path) => sum + path.ToldAll);

    /// <summary>What was carried on a slot, by either of both.</summary>
    public SlotCounters ReadCounters(int slot)
    {
        var sum = _earlier[slot];
        foreach (var path in _all)
            sum += path.ReadCounters(slot);
        return sum;
    }

    /// <summary>
    /// What was dropped on the way between the bond's device and its members, in either direction, which that device does not count: by members of
    /// now and of before, and by its own other end.
    /// </summary>
    public (ulong Tx, ulong Rx) Dropped
    {
        get
        {
            var sum = _droppedOnClosed;
            for (var slot = 0; slot < _ifindexes.Length; slot++)
                sum += DroppedOn(slot);
            return (sum.TxDropped, sum.RxDropped + _refusedByOtherEnd);
        }
    }

    /// <summary>What the kernel carried past the bond's device, which counts none of it.</summary>
    public SlotCounters PastDevice => PastOfEarlierPath + (_kernel?.PastDevice ?? default);

    /// <summary>The part of it that the kernel's maps no longer have: it is to be remembered for the next process.</summary>
    public SlotCounters PastOfEarlierPath { get; set; }

    /// <summary>Looks after the kernel's path; see <see cref="KernelPath"/>.</summary>
    public IReadOnlyList<string> Inspect(Func<int, string> nameOf) => _kernel?.Inspect(nameOf) ?? [];

    /// <summary>
    /// Ends both paths. The device is removed next, and what is attached to it goes along: so no program is detached from it, and no frame
    /// handed from one path to the other, for which the kernel would wait.
    /// </summary>
    public void Dispose()
    {
        // Until then the device may still hand over frames, and members are their own again.
        _kernel?.Publish(ForwardingPlan.Empty);
        _kernel?.CloseSlots();
        _kernel?.Dispose();
        _kernel = null;
        _all = [_sockets];
        _sockets.Dispose();
    }

    /// <summary>A failure in words, with the kernel's own where they add something to what is known about it.</summary>
    internal static string Words(LinuxResult failure) =>
        failure.Detail is not { } detail ? failure.ToString()
        : failure.Errno is Errno.ENOENT or Errno.EPERM ? detail
        : $"{detail}: {(failure with { Detail = null })}";

    private string OnlyKernel =>
        $"the device is one end of a {Kind} pair, which only programs in the kernel can carry; "
        + "remove the bond and make it again with data_path csharp, which gives it a TAP device";

    private string Kind => BondOptions.Known.DeviceKind.Choices[(int)device.Kind];

    private string KernelReason =>
        $"eBPF programs at the {device.Wiring.Transmit.Hook.Name} hooks, "
        + (
            device.Tap is not null
                ? $"past a TAP device: captures, counters and queueing disciplines of the bond see no frame that is sent{(deviceReason is null ? "" : $" ({deviceReason})")}"
            : _isShort && device.Wiring.Out is not null
                ? $"past a {Kind} pair (device fast): captures, counters and queueing disciplines of the bond see no frame that is sent"
            : _isShort ? $"through a {Kind} pair: the short cut does not lead to another network namespace"
            : $"through a {Kind} pair"
        );

    // Asks the kernel about the slot's interface.
    private void NoteRefused(int slot)
    {
        if (_kernel is { } kernel && _ifindexes[slot] is var ifindex and not 0 && route.GetRefused(ifindex) is { } refused)
            kernel.NoteRefused(slot, refused);
    }

    private void NoteRefused()
    {
        for (var slot = 0; slot < _ifindexes.Length; slot++)
            NoteRefused(slot);
    }

    private SlotCounters DroppedOn(int slot)
    {
        if (_ifindexes[slot] == 0)
            return default;
        var counted = ReadCounters(slot);
        return new SlotCounters(0, 0, counted.TxDropped, 0, 0, 0, counted.RxDropped);
    }

    private LinuxResult EnterKernel()
    {
        var loaded = KernelPath.Load(device.Wiring, verifierLog);
        if (loaded.Value is not { } kernel)
            return loaded.Error;
        // What an earlier process left there stays until this one has something to say.
        if (_memory.Length > 0)
            kernel.Remember(_memory);
        var result = _sockets.SetFilter(kernel.SocketFilter);
        for (var slot = 0; result.IsOk && slot < _ifindexes.Length; slot++)
        {
            if (_ifindexes[slot] != 0)
                result = kernel.OpenSlot(slot, _ifindexes[slot]);
        }
        if (result.IsOk && _isShort)
            result = kernel.UseShortCut(isShort: true);
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
        _all = [kernel, _sockets];
        NoteRefused();
        PastOfEarlierPath += kernel.OfEarlierVersion;
        Reason = KernelReason;
        ListenIfNeeded();
        return result;
    }

    // Where the kernel takes all frames, the sockets are left only what the brain is to hear. By the kernel's plan: it is there before the
    // first one that is published, if an earlier process left it.
    private void ListenIfNeeded() => _sockets.SetListening(!IsInKernel || _kernel.Hears != ControlFrameKinds.None);

    private void LeaveKernel(string reason)
    {
        Reason = reason;
        if (_kernel is not { } kernel)
            return;
        NoteRefused();
        _kernel = null;
        _all = [_sockets];
        GiveFrames(kernel);
        for (var slot = 0; slot < _earlier.Length; slot++)
            _earlier[slot] += kernel.ReadCounters(slot);
        PastOfEarlierPath += kernel.PastDevice;
        _earlierNoMember += kernel.NoMember;
        _earlierLeft += kernel.Left;
        Unload(kernel);
    }

    private void GiveFrames(KernelPath kernel)
    {
        _sockets.SetListening(true);
        kernel.GiveFrames();
    }

    private void Unload(KernelPath kernel)
    {
        kernel.CloseSlots();
        _sockets.SetFilter(MemberSockets.NoFilter);
        kernel.Dispose();
    }
}
