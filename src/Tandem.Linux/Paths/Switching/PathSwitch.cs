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
/// The data paths of a bond, and which of them carries the frames. The socket data path always exists: it carries control frames, and
/// what the kernel passes on. Used by one thread at a time, in the bond's network namespace.
/// </summary>
/// <param name="device">The bond's device.</param>
/// <param name="sockets">The socket data path.</param>
/// <param name="route">A route socket, for requests about members.</param>
/// <param name="verifierLog">Receives the whole log of the kernel's verifier if it rejects the programs.</param>
/// <param name="deviceReason">Why the bond has no better kind of device; null if it has the best one.</param>
internal sealed class PathSwitch(
    BondDevice device,
    SocketPath sockets,
    RouteSocket route,
    Action<string> verifierLog,
    string? deviceReason = null
) : IDisposable
{
    private const string LeftBehind =
        "an earlier service's program is still attached to the bond's egress; frames are duplicated until it can be removed (needs its rights and libbpf)";

    private readonly SocketPath _sockets = sockets;
    private readonly int[] _ifindexes = new int[ForwardingPlan.MaxMembers];

    // Counters of the kernel data path from before it stopped carrying frames.
    private readonly SlotCounters[] _earlier = new SlotCounters[ForwardingPlan.MaxMembers];
    private ulong _earlierNoMember;
    private ulong _earlierLeft;
    private SlotCounters _droppedOnClosed;
    private ulong _refusedByOtherEnd;
    private KernelPath? _kernel;

    // The existing data paths; the kernel's first, since it carries most frames if it exists.
    private IDataPath[] _all = [sockets];
    private ForwardingPlan? _plan;
    private DataPathChoice _choice = DataPathChoice.CSharp;
    private byte[] _memory = [];
    private bool _isShort;

    /// <summary>Whether the kernel data path carries the frames.</summary>
    [MemberNotNullWhen(true, nameof(_kernel))]
    public bool IsInKernel => _kernel is not null;

    /// <summary>Why this data path carries the frames, as text.</summary>
    public string Reason { get; private set; } = "the bond has just been created";

    /// <summary>Frames of the host that no member could carry.</summary>
    public ulong NoMember => _all.Aggregate(_earlierNoMember, static (sum, path) => sum + path.NoMember);

    /// <summary>
    /// Switches to the chosen data path. An unavailable path is an error only if it was chosen by name, or if the device needs it; then
    /// nothing changes.
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
            // Programs of an earlier process that this process cannot take over must not carry frames beside the service.
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

    /// <summary>Makes frames of the kernel data path go past the bond's device, or through it.</summary>
    public LinuxResult UseShortCut(bool isShort)
    {
        var result = _kernel?.UseShortCut(isShort) ?? LinuxResult.Ok;
        if (result.IsOk)
            _isShort = isShort;
        if (IsInKernel)
            Reason = KernelReason;
        return result;
    }

    /// <summary>Adapts to a bond's device with another network namespace, or another index.</summary>
    public LinuxResult Rewire()
    {
        var result = _kernel?.Rewire(device.Wiring) ?? LinuxResult.Ok;
        if (IsInKernel)
            Reason = KernelReason;
        return result;
    }

    /// <summary>Frames of the host that the kernel data path passed to the socket data path.</summary>
    public ulong LeftByKernel => _earlierLeft + (_kernel?.Left ?? 0);

    /// <summary>
    /// Puts a plan in force from the next frame on. Until the first plan, programs of an earlier process continue by their last one.
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
            // If the sockets could not carry the frames instead, the next inspection tries again.
            if (_kernel?.TakeFrames() is { IsOk: false } failed && device.Tap is not null)
                LeaveKernel(Words(failed));
        }
        ListenIfNeeded();
    }

    /// <summary>Stores the state that the next service needs: in the kernel beside the programs, if there are any.</summary>
    public void Remember(byte[] text)
    {
        _memory = text;
        _kernel?.Remember(text);
    }

    /// <inheritdoc cref="IDataPath.StoreLacpdu"/>
    public void StoreLacpdu(int slot, ReadOnlySpan<byte> lacpdu, long due)
    {
        foreach (var path in _all)
            path.StoreLacpdu(slot, lacpdu, due);
    }

    /// <summary>Opens a slot on an interface, sockets first: if the kernel data path cannot attach, the sockets carry the frames, where
    /// the device allows that.</summary>
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
    /// Stores the drop counters of the members' devices and of the bond's device; <see cref="ReadCounters"/> and <see cref="Dropped"/>
    /// are as of the last call. Only the devices count the frames that they refuse from the kernel data path.
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

    /// <summary>Adds the bytes sent per bucket by either data path. The sums only grow, except after a change of the data path.</summary>
    public void ReadBucketBytes(Span<ulong> bytes)
    {
        bytes.Clear();
        foreach (var path in _all)
            path.AddBucketBytes(bytes);
    }

    /// <summary>ARP requests of the host that told all peers an address, on either data path.</summary>
    public ulong ToldAll => _all.Aggregate(0ul, static (sum, path) => sum + path.ToldAll);

    /// <summary>The counters of a slot, over both data paths.</summary>
    public SlotCounters ReadCounters(int slot)
    {
        var sum = _earlier[slot];
        foreach (var path in _all)
            sum += path.ReadCounters(slot);
        return sum;
    }

    /// <summary>
    /// Frames dropped between the bond's device and its members, which the device does not count: by present and former members, and by
    /// the device's other end.
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

    /// <summary>Frames carried past the bond's device, which the device does not count.</summary>
    public SlotCounters PastDevice => PastOfEarlierPath + (_kernel?.PastDevice ?? default);

    /// <summary>The part of <see cref="PastDevice"/> that is in no map of the kernel any more: to be stored for the next
    /// process.</summary>
    public SlotCounters PastOfEarlierPath { get; set; }

    /// <summary>Inspects the kernel data path; see <see cref="KernelPath.Inspect"/>.</summary>
    public IReadOnlyList<string> Inspect(Func<int, string> nameOf) => _kernel?.Inspect(nameOf) ?? [];

    /// <summary>
    /// Ends both data paths. The device is removed next, together with what is attached to it: so no program is detached and no frame is
    /// switched to the other path, for which the kernel would wait.
    /// </summary>
    public void Dispose()
    {
        // Until its removal the device may still hand over frames; the members no longer belong to the bond.
        _kernel?.Publish(ForwardingPlan.Empty);
        _kernel?.CloseSlots();
        _kernel?.Dispose();
        _kernel = null;
        _all = [_sockets];
        _sockets.Dispose();
    }

    /// <summary>A failure as text, with the kernel's error where it adds something.</summary>
    internal static string Words(LinuxResult failure) =>
        failure.Detail is not { } detail ? failure.ToString()
        : failure.Errno is Errno.ENOENT or Errno.EPERM ? detail
        : $"{detail}: {(failure with { Detail = null })}";

    private string OnlyKernel =>
        $"the device is one end of a {Kind} pair, which only programs in the kernel can carry; "
        + "remove the bond and create it again with data_path csharp, which gives it a TAP device";

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
        // The text of an earlier process stays until this process has one.
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

    // If the kernel carries all frames, the sockets listen only if the brain needs control frames. By the plan in the kernel: one of an
    // earlier process may be in force before the first plan is published.
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
