using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Linux.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>The kernel's interfaces, as the service uses them; tests have an implementation of their own.</summary>
internal interface INetwork : IDisposable
{
    /// <summary>The interface with that name; null if there is none.</summary>
    LinkInfo? Find(string name);

    /// <summary>The interface with that number; null if there is none.</summary>
    LinkInfo? Find(int ifindex);

    /// <summary>
    /// Reads the state of a bond's interfaces; waits for the kernel's lock on interfaces (RTNL). One thread at a time, which may be another than that
    /// of the other members.
    /// </summary>
    Sighting Look(Outlook outlook);

    /// <summary>
    /// Reads a bond's interfaces with their counters; waits for the kernel's lock on interfaces (RTNL). One thread at a time, which may be another
    /// than that of the other members.
    /// </summary>
    /// <exception cref="InvalidOperationException">The kernel does not answer as expected.</exception>
    LinkReading Read(Outlook outlook);

    /// <summary>All interfaces.</summary>
    IReadOnlyList<LinkInfo> Links();

    /// <summary>Creates the device of a bond.</summary>
    Opened OpenBond(string name, DeviceRequest request, IBondJournal journal, BondReports reports);

    /// <summary>Takes over the device of a bond of an earlier service, with the saved state of its members.</summary>
    /// <param name="name">The bond's name.</param>
    /// <param name="otherEnd">The number of the device's other end; null for a TAP device.</param>
    /// <param name="members">The members' state before they joined.</param>
    /// <param name="journal">Told of members that join and leave.</param>
    /// <param name="reports">Receives reports.</param>
    Opened ReopenBond(string name, int? otherEnd, IReadOnlyList<SavedMember> members, IBondJournal journal, BondReports reports);

    /// <summary>The states of bonds that are stored in the kernel (<see cref="IBondDevice.Remember"/>).</summary>
    IReadOnlyList<byte[]> Memories();

    /// <summary>Interfaces with traces of Tandem, except known ones; none while another service runs here.</summary>
    IReadOnlyList<Leftover> Leftovers(IReadOnlySet<int> known);

    /// <summary>Sets an interface administratively up or down. Returns the problem, or null.</summary>
    string? SetUp(int ifindex, bool up);

    /// <summary>Removes an interface. Returns the problem, or null.</summary>
    string? Remove(int ifindex);

    /// <summary>Removes the guard of an interface that is gone.</summary>
    void Unguard(int ifindex);

    /// <summary>Restores an interface that was a member, and leaves it down. Returns the problem, or null.</summary>
    string? GiveBack(SavedMember member);

    /// <summary>Whether an interface has a guard or a program of a bond.</summary>
    bool IsTaken(SavedMember member);

    /// <summary>Adds the routes of a restored interface, once it is up.</summary>
    RoutesBack GiveBackRoutes(SavedMember member);

    /// <summary>
    /// The settings of an interface, for <see cref="SetUpAgain"/> and <see cref="GiveBack"/>; null if it does not exist. May be called on any thread of the
    /// network namespace.
    /// </summary>
    SavedMember? Capture(string name);

    /// <summary>Sets an interface up that was set down, with the addresses and routes that it lost thereby. Returns the problem, or null.</summary>
    string? SetUpAgain(SavedMember before);
}

/// <summary>The device requested for a bond.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="DataPath">The data path, which not all kinds allow.</param>
/// <param name="Queues">Number of transmit queues.</param>
internal sealed record DeviceRequest(DeviceKind Kind, DataPathChoice DataPath, int Queues);

/// <summary>Receivers of a bond device's reports. They are called on any thread, and must only pass the reports on.</summary>
/// <param name="Event">An event.</param>
/// <param name="MemberFault">The data path found a slot's interface down or gone. Returns whether the report was accepted.</param>
/// <param name="ControlArrived">A control frame has arrived on a slot.</param>
/// <param name="VerifierLog">The verifier's log after the kernel refused programs.</param>
/// <param name="StackChanged">The state of the host's IP stack on the bond, if the brain has asked for it.</param>
internal sealed record BondReports(
    Action<BondEvent> Event,
    Func<int, bool> MemberFault,
    Action ControlArrived,
    Action<string> VerifierLog,
    Action<HostStack> StackChanged
);

/// <summary>The device of a bond, or the problem.</summary>
internal readonly record struct Opened(IBondDevice? Device, string? Problem);
