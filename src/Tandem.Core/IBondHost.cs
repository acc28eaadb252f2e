using System.Net;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;

namespace Tandem.Core;

/// <summary>Outcome of something that the brain asked of its host.</summary>
/// <param name="Problem">What went wrong, in words for the user; null if nothing did.</param>
public readonly record struct HostResult(string? Problem)
{
    /// <summary>It was done.</summary>
    public static HostResult Done => default;

    /// <summary>True if it was done.</summary>
    public bool IsOk => Problem is null;
}

/// <summary>How a member is to be set up when it joins.</summary>
/// <param name="Ifindex">The interface.</param>
/// <param name="Name">Its name.</param>
/// <param name="Slot">Its place in forwarding plans, 0 to <see cref="ForwardingPlan.MaxMembers"/> - 1.</param>
/// <param name="Address">The address to give it; null to leave its own.</param>
/// <param name="Mtu">The MTU to give it, in bytes.</param>
/// <param name="IsKept">
/// An earlier process made the interface a member, and it may still be as that one set it up: then it is taken over as it is, without
/// going down. If it is not, that is a failure, and it is left as it is.
/// </param>
public readonly record struct MemberSetup(int Ifindex, string Name, int Slot, MacAddress? Address, int Mtu, bool IsKept = false);

/// <summary>
/// All that the brain of one bond can do to the world. The host carries each call out before it returns; calls come on
/// the thread that called the brain, and a host must not call the brain back from within one.
/// </summary>
public interface IBondHost
{
    /// <summary>
    /// Takes an interface out of the stack's hands, sets it up, brings it up and opens its slot in the data path.
    /// All or nothing: on failure the interface is as it was.
    /// </summary>
    HostResult Attach(in MemberSetup setup);

    /// <summary>
    /// Closes the slot and gives the interface back as <see cref="Attach"/> found it: address, MTU, flags and addresses;
    /// administratively down. An interface that is gone is no error.
    /// </summary>
    void Detach(int ifindex, int slot);

    /// <summary>Gives a member another address while it is up.</summary>
    /// <param name="ifindex">The member.</param>
    /// <param name="address">The address.</param>
    /// <param name="mayGoDown">Whether one whose address can only change while it is down is set down for that moment; else it refuses.</param>
    HostResult SetMemberAddress(int ifindex, MacAddress address, bool mayGoDown = true);

    /// <summary>Gives a member another MTU, in bytes.</summary>
    HostResult SetMemberMtu(int ifindex, int mtu);

    /// <summary>
    /// Whether a member's interface takes an MTU, in bytes: asked of all members before the first is changed, for with some cards each
    /// change costs the link.
    /// </summary>
    HostResult TakesMtu(int ifindex, int mtu) => HostResult.Done;

    /// <summary>Gives the bond's own device another address.</summary>
    HostResult SetBondAddress(MacAddress address);

    /// <summary>Gives the bond's own device another MTU, in bytes.</summary>
    HostResult SetBondMtu(int mtu);

    /// <summary>Sets the carrier of the bond's own device.</summary>
    void SetCarrier(bool up);

    /// <summary>Sets what the bond's own device reports as its speed (Mbit/s, 0 unknown) and duplex.</summary>
    void SetSpeed(uint speedMbps, Duplex duplex);

    /// <summary>Reads a member's link now, the net beneath the kernel's events; <see cref="LinkStatus.Gone"/> if it is not there.</summary>
    LinkStatus ReadLink(int ifindex);

    /// <summary>
    /// Lets the kernel or the service carry the frames from now on, while they flow; refuses only
    /// <see cref="DataPathChoice.Ebpf"/> where that cannot be, and changes nothing then.
    /// </summary>
    HostResult UseDataPath(DataPathChoice choice);

    /// <summary>Lets frames that the kernel carries pass through the bond's device, or past it by the shortest way, while they flow.</summary>
    HostResult UsePassage(DevicePassage passage);

    /// <summary>Makes a plan the one that the data path carries out from the next frame on.</summary>
    void Publish(ForwardingPlan plan);

    /// <summary>
    /// Tells neighbours where the bond's addresses are now: a gratuitous ARP request for each IPv4 address and an
    /// unsolicited neighbour advertisement for each IPv6 address of the bond and of devices above it, and a reverse ARP request for each
    /// station behind it, sent on a slot.
    /// </summary>
    /// <param name="slot">The slot.</param>
    /// <param name="ofOthers">True to leave out what is sent with the bond's own MAC address.</param>
    void AnnounceAddresses(int slot, bool ofOthers);

    /// <summary>Tells switches again which multicast groups (IGMP, MLD) the bond's host has joined, on a slot.</summary>
    void AnnounceGroups(int slot);

    /// <summary>
    /// Sends a frame of the bond's own on a slot, ahead of what the host sends and whatever the plan says. False if the device did not take
    /// it: the brain tries again. The frame is not kept.
    /// </summary>
    bool SendControl(int slot, ReadOnlySpan<byte> frame);

    /// <summary>
    /// Keeps the LACPDU that a slot's partner is to be answered with, from a time on, should this process be late: a data path that can
    /// answers each of the partner's by itself then. Called with each LACPDU that is sent, so that a process that is in time never is.
    /// </summary>
    /// <param name="slot">The slot.</param>
    /// <param name="lacpdu">The whole frame; empty if nothing is to be answered.</param>
    /// <param name="due">From when on, monotonic ns.</param>
    void KeepAnswer(int slot, ReadOnlySpan<byte> lacpdu, long due);

    /// <summary>
    /// Asks to be told what the host's IP stack has on the bond (<see cref="Bond.StackChanged"/>): soon, whenever it changes, and from then on.
    /// It is read elsewhere, so this returns at once.
    /// </summary>
    /// <param name="targets">The addresses to which the ways are wanted; null to be told no more.</param>
    void WatchStack(IReadOnlyList<IPAddress>? targets);

    /// <summary>Frames of any kind that arrived on a slot since it was opened, delivered or not.</summary>
    ulong FramesReceived(int slot);

    /// <summary>
    /// Reads the bytes that were sent of each bucket of the plan (<see cref="TransmitRule.Buckets"/>), and behind those of the buckets the
    /// bytes that were in none. They only grow, but begin anew where another data path takes over.
    /// </summary>
    /// <param name="bytes">Room for <see cref="BucketRule.Size"/> numbers and one more.</param>
    void ReadLoads(Span<ulong> bytes);

    /// <summary>ARP requests of the host to all others that the plan gave a member's address (<see cref="BucketChoice.TellsAll"/>).</summary>
    ulong ToldAll { get; }

    /// <summary>Lets a member take frames for any address, or ends that.</summary>
    void HearAll(int ifindex, bool all);

    /// <summary>Passes on something that happened.</summary>
    void Report(in BondEvent happened);
}
