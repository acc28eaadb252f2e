using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux.Members;
using Tandem.Linux.Native;
using Tandem.Linux.Paths;

namespace Tandem.Linux.Bonds;

/// <summary>How the device of a bond is made.</summary>
public sealed record BondHostOptions
{
    /// <summary>What kind of device to make.</summary>
    public DeviceKind Kind { get; init; }

    /// <summary>The data path that was asked for; it rules out some kinds of device.</summary>
    public DataPathChoice DataPath { get; init; }

    /// <summary>Transmit and receive queues of a pair; a TAP device has one.</summary>
    public int Queues { get; init; } = DeviceTraits.Usual.Queues;

    /// <summary>Take over the pair of devices whose other end has this number; it keeps its carrier meanwhile.</summary>
    public int? OtherEnd { get; init; }

    /// <summary>Take over a TAP device of the bond's name that is there and that nobody has open; it keeps its carrier meanwhile.</summary>
    public bool Reattach { get; init; }

    /// <summary>The open device of the bond, from an earlier process; null to open it.</summary>
    public FileDescriptor? Device { get; init; }

    /// <summary>Told of the device while it has to stay open; null if nobody keeps it over the end of this process.</summary>
    public IDeviceStore? Store { get; init; }

    /// <summary>Interfaces that an earlier process left as members, as they were before they joined.</summary>
    public IReadOnlyList<SavedMember> Left { get; init; } = [];

    /// <summary>Where chance begins.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Called on a thread of the data path with a slot whose device turned out to be down or gone; see <see cref="IDataPath"/>.
    /// </summary>
    public Func<int, bool>? MemberFault { get; init; }

    /// <summary>Receives all that the kernel's verifier said, should it refuse the programs of the fast path.</summary>
    public Action<string>? VerifierLog { get; init; }

    /// <summary>Called on a thread of its own with what the host's IP stack has on the bond, whenever that changes while it is watched.</summary>
    public Action<HostStack>? StackChanged { get; init; }

    /// <summary>Called on a thread of the data path when a control frame waits on a slot; see <see cref="IDataPath"/>.</summary>
    public Action? ControlArrived { get; init; }
}
