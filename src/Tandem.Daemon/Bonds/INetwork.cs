using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>The kernel's interfaces, as far as the service deals with them; tests put another in its place.</summary>
internal interface INetwork : IDisposable
{
    /// <summary>The interface of that name; null if there is none.</summary>
    LinkInfo? Find(string name);

    /// <summary>The interface of that number; null if there is none.</summary>
    LinkInfo? Find(int ifindex);

    /// <summary>Looks at a bond's interfaces. For any one thread, and not only that of the rest.</summary>
    Sighting Look(Outlook outlook);

    /// <summary>
    /// Reads a bond's interfaces with their counters; waits for the kernel's lock on interfaces (RTNL). For any one thread, and not only that of the
    /// rest.
    /// </summary>
    /// <exception cref="InvalidOperationException">The kernel does not tell.</exception>
    LinkReading Read(Outlook outlook);

    /// <summary>All interfaces.</summary>
    IReadOnlyList<LinkInfo> Links();

    /// <summary>Makes the device of a bond.</summary>
    Opened OpenBond(string name, DeviceRequest request, IBondJournal journal, BondReports reports);

    /// <summary>Takes over the device of a bond that an earlier service left, with what is still known of the members.</summary>
    /// <param name="name">The bond's name.</param>
    /// <param name="otherEnd">The number of the device's other end; null for a TAP device.</param>
    /// <param name="members">What the members were like before they joined.</param>
    /// <param name="journal">Told of members that are taken and given back.</param>
    /// <param name="reports">Where news go.</param>
    Opened ReopenBond(string name, int? otherEnd, IReadOnlyList<SavedMember> members, IBondJournal journal, BondReports reports);

    /// <summary>What the kernel remembers of bonds (<see cref="IBondDevice.Remember"/>).</summary>
    IReadOnlyList<byte[]> Memories();

    /// <summary>Interfaces that bear traces of Tandem, but for those that somebody knows about; none while another service is here.</summary>
    IReadOnlyList<Leftover> Leftovers(IReadOnlySet<int> known);

    /// <summary>Sets an interface administratively up or down. Says what went wrong, or null.</summary>
    string? SetUp(int ifindex, bool up);

    /// <summary>Removes an interface. Says what went wrong, or null.</summary>
    string? Remove(int ifindex);

    /// <summary>Removes the guard of an interface that is gone.</summary>
    void Unguard(int ifindex);

    /// <summary>Gives an interface back that an earlier service had as a member. Says what went wrong, or null.</summary>
    string? GiveBack(SavedMember member);
}

/// <summary>What kind of device a bond is to get.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="DataPath">Who is to carry the frames, which goes with some kinds only.</param>
/// <param name="Queues">Transmit queues.</param>
internal sealed record DeviceRequest(DeviceKind Kind, DataPathChoice DataPath, int Queues);

/// <summary>Where the device of a bond sends its news. All are called on any thread, and must only pass them on.</summary>
/// <param name="Event">Something happened.</param>
/// <param name="MemberFault">The data path found a slot's interface down or gone. Says whether the news was taken.</param>
/// <param name="ControlArrived">A control frame waits on some slot.</param>
/// <param name="VerifierLog">All that the kernel's verifier said when it refused programs.</param>
/// <param name="StackChanged">What the host's IP stack has on the bond, where the brain asked for it.</param>
internal sealed record BondReports(
    Action<BondEvent> Event,
    Func<int, bool> MemberFault,
    Action ControlArrived,
    Action<string> VerifierLog,
    Action<HostStack> StackChanged
);

/// <summary>The device of a bond, or why there is none.</summary>
internal readonly record struct Opened(IBondDevice? Device, string? Problem);
