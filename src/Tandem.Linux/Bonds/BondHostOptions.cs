using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Linux.Members;
using Tandem.Linux.Native;
using Tandem.Linux.Paths;

namespace Tandem.Linux.Bonds;

/// <summary>Options for creating or taking over the device of a bond.</summary>
public sealed record BondHostOptions
{
    /// <summary>The requested device kind.</summary>
    public DeviceKind Kind { get; init; }

    /// <summary>The requested data path, which excludes some kinds of device.</summary>
    public DataPathChoice DataPath { get; init; }

    /// <summary>Number of transmit queues of a pair, with as many receive queues; a TAP device has one.</summary>
    public int Queues { get; init; } = DeviceTraits.Usual.Queues;

    /// <summary>Ifindex of the other end of the pair to take over; the pair keeps its carrier.</summary>
    public int? OtherEnd { get; init; }

    /// <summary>Whether to take over an existing TAP device with the bond's name that no process has open; it keeps its
    /// carrier.</summary>
    public bool Reattach { get; init; }

    /// <summary>The open TAP device of the previous service; null to open it.</summary>
    public FileDescriptor? Device { get; init; }

    /// <summary>Keeps the device open beyond the end of this process; null if nothing does.</summary>
    public IDeviceStore? Store { get; init; }

    /// <summary>Members of the previous service, with their settings from before they joined.</summary>
    public IReadOnlyList<SavedMember> Left { get; init; } = [];

    /// <summary>Seed of random choices.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Called on a data path thread with a slot whose device is down or gone; see <see cref="IDataPath"/>.
    /// </summary>
    public Func<int, bool>? MemberFault { get; init; }

    /// <summary>Receives the verifier's whole output if the kernel refuses the programs.</summary>
    public Action<string>? VerifierLog { get; init; }

    /// <summary>Called on a thread of its own with the state of the host's IP stack on the bond, whenever it changes while it is
    /// watched.</summary>
    public Action<HostStack>? StackChanged { get; init; }

    /// <summary>Called on a data path thread when a control frame waits on a slot; see <see cref="IDataPath"/>.</summary>
    public Action? ControlArrived { get; init; }
}
