using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>Hook points of an interface.</summary>
internal enum HookPoint
{
    /// <summary>Received frames, before the stack.</summary>
    Ingress,

    /// <summary>Frames sent by the stack, before the queueing discipline.</summary>
    Egress,

    /// <summary>Frames transmitted by the peer of a netkit device, after the peer's queueing discipline.</summary>
    PeerTransmit,
}

/// <summary>
/// A hook of interfaces at which the kernel runs programs for each frame. An attached program stays when this process ends, until the
/// interface is removed or a program detaches it. So the kernel data path outlives the service, without pinning in a file system.
/// </summary>
internal abstract class Hook
{
    /// <summary>The hooks of this kernel: TCX (Linux 6.6), otherwise clsact.</summary>
    public static Hook Here { get; } = TcxHook.IsAvailable ? new TcxHook() : new ClsactHook();

    /// <summary>The hook of netkit pairs (Linux 6.7).</summary>
    public static Hook Netkit { get; } = new NetkitHook();

    /// <summary>The kernel's name of the hook: tcx, clsact or netkit.</summary>
    public abstract string Name { get; }

    /// <summary>Attaches a program. An attached program of Tandem is replaced atomically: each frame passes one of the two.</summary>
    public abstract LinuxResult Attach(int ifindex, HookPoint point, int program);

    /// <summary>Detaches Tandem's program. No error if there is none, or no interface.</summary>
    public abstract LinuxResult Detach(int ifindex, HookPoint point);

    /// <summary>The ID of Tandem's program; 0 if there is none.</summary>
    public abstract uint Find(int ifindex, HookPoint point);

    /// <summary>Whether <see cref="Has"/> works.</summary>
    public virtual bool CanGlance => false;

    /// <summary>Whether a program is attached, by one system call; null if unknown.</summary>
    public virtual bool? Has(int ifindex, HookPoint point, uint id) => null;

    /// <summary>Other programs at the hook, as text: what they are, and whether they see frames before Tandem's or not at all.</summary>
    public abstract IEnumerable<string> Strangers(int ifindex, HookPoint point);
}
