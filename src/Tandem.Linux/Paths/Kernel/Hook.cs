using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>Which way frames pass a hook.</summary>
internal enum HookPoint
{
    /// <summary>What arrives on an interface, before the stack sees it.</summary>
    Ingress,

    /// <summary>What the stack sends on an interface, before its queueing discipline sees it.</summary>
    Egress,

    /// <summary>What the peer of a netkit device transmits, behind the peer's queueing discipline.</summary>
    PeerTransmit,
}

/// <summary>
/// A place of an interface where the kernel runs programs on each frame. What is attached stays when this process ends, until the
/// interface goes or somebody detaches it: so the fast path outlives the service, without a file system to pin anything to.
/// </summary>
internal abstract class Hook
{
    /// <summary>The hooks of this kernel: TCX (Linux 6.6), or else those of the clsact queueing discipline.</summary>
    public static Hook Here { get; } = TcxHook.IsAvailable ? new TcxHook() : new ClsactHook();

    /// <summary>The hook inside a pair of netkit devices (Linux 6.7).</summary>
    public static Hook Netkit { get; } = new NetkitHook();

    /// <summary>The kernel's name for it: tcx, clsact or netkit.</summary>
    public abstract string Name { get; }

    /// <summary>Attaches a program. One of Tandem's that is there is replaced in one step: each frame passes one of the two.</summary>
    public abstract LinuxResult Attach(int ifindex, HookPoint point, int program);

    /// <summary>Detaches the program of Tandem's. No error if there is none, or no interface.</summary>
    public abstract LinuxResult Detach(int ifindex, HookPoint point);

    /// <summary>The id of the program of Tandem's; 0 if there is none.</summary>
    public abstract uint Find(int ifindex, HookPoint point);

    /// <summary>Whether <see cref="Has"/> can tell.</summary>
    public virtual bool CanGlance => false;

    /// <summary>Whether a program is attached, at the cost of one system call; null if that cannot be told.</summary>
    public virtual bool? Has(int ifindex, HookPoint point, uint id) => null;

    /// <summary>What others have at the same place, in words: what it is, and whether it sees frames before Tandem's own or not at all.</summary>
    public abstract IEnumerable<string> Strangers(int ifindex, HookPoint point);
}
